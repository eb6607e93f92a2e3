/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_check.h"

#include <string.h>

static bool same_layers(const struct pin *pin, const struct engine_image *image)
{
	if (pin->diff_id_count != image->diff_id_count) {
		return false;
	}
	for (size_t i = 0; i < pin->diff_id_count; i++) {
		if (strcmp(pin->diff_ids[i], image->diff_ids[i]) != 0) {
			return false;
		}
	}
	return true;
}

enum image_verdict image_check(const struct pin *pin, const struct engine_image *image)
{
	if (!same_layers(pin, image)) {
		return IMAGE_OTHER_LAYERS;
	}
	return strcmp(pin->config_digest, image->id) == 0 ? IMAGE_EXACT : IMAGE_OTHER_CONFIG;
}

const char *image_verdict_text(enum image_verdict verdict)
{
	switch (verdict) {
	case IMAGE_EXACT:
		return "is the pinned one";
	case IMAGE_OTHER_CONFIG:
		return "has the pinned layers but another configuration";
	case IMAGE_OTHER_LAYERS:
		return "has other contents than the pinned one";
	}
	return "is unknown";
}
