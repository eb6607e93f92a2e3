/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Is the image in the engine the pinned one? Pure.
 */

#include <stdbool.h>

#include "host-launcher/engine/engine_image.h"
#include "host-launcher/image/pin.h"

enum image_verdict {
	IMAGE_EXACT,
	IMAGE_OTHER_CONFIG, /* same layers, another configuration (or a containerd store) */
	IMAGE_OTHER_LAYERS,
};

/* Config digest and every layer, in order, must be those of the pin. */
enum image_verdict image_check(const struct pin *pin, const struct engine_image *image);

/* What a person should know about a verdict that is not IMAGE_EXACT. */
const char *image_verdict_text(enum image_verdict verdict);
