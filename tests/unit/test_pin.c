/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/pin.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEX        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define REFERENCE  "Reference=berth-build:bookworm\n"
#define CONFIG     "ConfigDigest=sha256:" HEX "\n"
#define LAYER      "DiffID=sha256:" HEX "\n"
#define WHOLE_FILE "[image]\n" REFERENCE CONFIG LAYER

static int read_text(const char *text, struct pin *pin, struct failure *failure)
{
	char path[] = "/tmp/berth-pin-XXXXXX";
	int fd = mkstemp(path);
	cr_assert_geq(fd, 0);
	cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
	int rc = pin_read(path, pin, failure);
	unlink(path);
	return rc;
}

static void expect_error(const char *text, const char *words)
{
	struct pin pin = { 0 };
	struct failure failure = { 0 };
	cr_assert_eq(read_text(text, &pin, &failure), -1, "%s", text);
	cr_assert_eq(failure.code, EXIT_SYNTAX);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(pin, is_read)
{
	struct pin pin;
	struct failure failure = { 0 };
	cr_assert_eq(read_text("; note\n" WHOLE_FILE "DiffID=sha256:" HEX "\nRecipe=sha256:" HEX
			       "\nRecipeCommit=0123456789012345678901234567890123456789\n",
			     &pin, &failure),
		1, "%s", failure.text);
	cr_assert_str_eq(pin.reference, "berth-build:bookworm");
	cr_assert_str_eq(pin.config_digest, "sha256:" HEX);
	cr_assert_eq(pin.diff_id_count, 2);
	cr_assert_str_eq(pin.diff_ids[1], "sha256:" HEX);
	cr_assert_not_null(pin.recipe_commit);
	pin_finish(&pin);
}

Test(pin, absent_is_no_error)
{
	struct pin pin;
	struct failure failure = { 0 };
	cr_assert_eq(pin_read("/nonexistent/pin", &pin, &failure), 0);
}

Test(pin, every_mistake_is_told_with_its_line)
{
	expect_error("", "Reference= is missing");
	expect_error("[image]\n" REFERENCE CONFIG, "DiffID= is missing");
	expect_error(WHOLE_FILE REFERENCE, ":5:1: error: Reference is given twice");
	expect_error("[image]\nConfigDigest=" HEX "\n", ":2:");
	expect_error(WHOLE_FILE "Refrence=x\n", "did you mean Reference?");
	expect_error(WHOLE_FILE "[other]\nx=y\n", "unknown section [other]");
	expect_error("[image]\nReference=-x\n", "name of an image");
	expect_error("[image]\nReference=a;b\n", "name of an image");
	expect_error("[image]\nReference=\n", "name of an image");
	expect_error("[image\n", "error");
}

Test(pin, several_mistakes_come_together)
{
	struct pin pin;
	struct failure failure = { 0 };
	cr_assert_eq(read_text("[image]\nA=1\nB=2\n", &pin, &failure), -1);
	cr_assert_not_null(strstr(failure.text, ":2:"));
	cr_assert_not_null(strstr(failure.text, ":3:"));
}

Test(pin, layers_are_bounded)
{
	char text[20000] = "[image]\n" REFERENCE CONFIG;
	for (int i = 0; i <= PIN_LAYERS_MAX; i++) {
		strcat(text, LAYER);
	}
	expect_error(text, "too many DiffID");
}

Test(pin, a_folder_is_an_error)
{
	struct pin pin;
	struct failure failure = { 0 };
	cr_assert_eq(pin_read("/tmp", &pin, &failure), -1);
}

Test(pin, digests)
{
	cr_assert(pin_is_digest("sha256:" HEX));
	cr_assert_not(pin_is_digest(HEX));
	cr_assert_not(pin_is_digest("sha256:" HEX "0"));
	cr_assert_not(pin_is_digest("sha256:"));
	cr_assert_not(pin_is_digest("sha512:" HEX));
}
