/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/engine_error.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static void expect(const char *body, const char *expected)
{
	char *text = engine_error_text(body, strlen(body));
	cr_assert_str_eq(text, expected);
	free(text);
}

Test(engine_error, json_of_docker_and_podman)
{
	expect("{\"message\":\"No such image: x\"}\n", "No such image: x");
	expect("{\"cause\":\"c\",\"message\":\"m\",\"response\":404}", "m");
}

Test(engine_error, plain_text)
{
	expect("404 page not found\n", "404 page not found");
	expect("two\nlines\r\n", "two lines");
}

Test(engine_error, nothing)
{
	expect("", "it gave no reason");
	expect(" \n", "it gave no reason");
	expect("{\"message\":\"\"}", "it gave no reason");
}

Test(engine_error, json_without_a_message_is_shown_as_it_is)
{
	expect("{\"message\":5}", "{\"message\":5}");
	expect("[]", "[]");
}

Test(engine_error, long_texts_are_cut)
{
	char body[5000];
	memset(body, 'x', sizeof(body));
	char *text = engine_error_text(body, sizeof(body));
	cr_assert_lt(strlen(text), 700);
	free(text);
}
