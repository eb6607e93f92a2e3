/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/pin_write.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static char reference[] = "berth-build:forky";
static char config[] = "sha256:" HEX;
static char recipe[] = "sha256:" HEX;
static char *layers[] = { config, recipe };

static const struct pin pin = {
	.reference = reference,
	.config_digest = config,
	.diff_ids = layers,
	.diff_id_count = 2,
	.recipe = recipe,
};

static char directory[] = "/tmp/berth-pin-XXXXXX";

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(directory));
}

static void tear_down(void)
{
	const char *const names[] = { "/config/build-image.pin", "/config", "" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		char *path = alloc_printf("%s%s", directory, names[i]);
		remove(path);
		free(path);
	}
}

Test(pin_write, what_is_written_reads_back, .init = set_up, .fini = tear_down)
{
	struct failure failure;
	cr_assert_eq(pin_write(directory, &pin, 1700000000, &failure), 0, "%s", failure.text);
	/* A second time it replaces the first. */
	cr_assert_eq(pin_write(directory, &pin, 1700000000, &failure), 0, "%s", failure.text);

	struct pin back;
	char *path = alloc_printf("%s/" PIN_PATH, directory);
	cr_assert_eq(pin_read(path, &back, &failure), 1, "%s", failure.text);
	cr_assert_str_eq(back.reference, reference);
	cr_assert_str_eq(back.config_digest, config);
	cr_assert_eq(back.diff_id_count, 2);
	cr_assert_str_eq(back.recipe, recipe);
	cr_assert_null(back.recipe_commit);
	pin_finish(&back);
	free(path);
}

Test(pin_write, the_text_tells_the_day_of_the_packages)
{
	char *text = pin_format(&pin, 1700000000);
	cr_assert_not_null(strstr(text, "2023-11-14T22:13:20Z"));
	free(text);
}

Test(pin_write, a_place_that_cannot_be_written_is_named)
{
	struct failure failure = { 0 };
	cr_assert_eq(pin_write("/proc", &pin, 0, &failure), -1);
	cr_assert_eq(failure.code, EXIT_WRITE);
	cr_assert_not_null(strstr(failure.text, "/proc/" PIN_PATH));
}
