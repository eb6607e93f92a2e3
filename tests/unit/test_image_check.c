/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_check.h"

#include <criterion/criterion.h>

static char config[] = "sha256:c";
static char other[] = "sha256:o";
static char one[] = "sha256:1";
static char two[] = "sha256:2";

static enum image_verdict check(char *id, char **layers, size_t count)
{
	char *pinned[] = { one, two };
	struct pin pin = { .config_digest = config, .diff_ids = pinned, .diff_id_count = 2 };
	struct engine_image image = { .id = id, .diff_ids = layers, .diff_id_count = count };
	return image_check(&pin, &image);
}

Test(image_check, everything_must_be_the_same_in_the_same_order)
{
	char *same[] = { one, two };
	char *swapped[] = { two, one };
	char *more[] = { one, two, two };
	cr_assert_eq(check(config, same, 2), IMAGE_EXACT);
	cr_assert_eq(check(other, same, 2), IMAGE_OTHER_CONFIG);
	cr_assert_eq(check(config, swapped, 2), IMAGE_OTHER_LAYERS);
	cr_assert_eq(check(config, more, 3), IMAGE_OTHER_LAYERS);
	cr_assert_eq(check(config, same, 1), IMAGE_OTHER_LAYERS);
	cr_assert_eq(check(config, same, 0), IMAGE_OTHER_LAYERS);
}
