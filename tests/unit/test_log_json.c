/* SPDX-License-Identifier: MIT */
/* Lines of the log as JSON: whatever is in them, a parser gets it. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <string.h>

#include "init/log.h"
#include "init/log_json.h"

static void expect_message(
	const char *line, size_t length, const char *wanted, size_t wanted_length)
{
	struct log_json json;

	cr_assert(log_json_init(&json) == 0);
	/* A longer one before must not show through. */
	log_json_make(
		&json, 1, "another", "a line that is much longer than any here, of them all", 53);
	size_t size = log_json_make(&json, 1764433590123456, "a\"b", line, length);

	cr_assert(size > 0 && json.text[size - 1] == '\n');
	cr_expect(memchr(json.text, '\n', size - 1) == NULL);
	json_t *object = json_loadb(json.text, size, JSON_ALLOW_NUL, NULL);
	cr_assert(object, "%.*s", (int)size, json.text);
	cr_expect(json_object_size(object) == 3);
	const json_t *time = json_object_get(object, "__REALTIME_TIMESTAMP");
	const json_t *name = json_object_get(object, "SYSLOG_IDENTIFIER");
	const json_t *message = json_object_get(object, "MESSAGE");

	cr_assert(json_is_string(time) && json_is_string(name) && json_is_string(message));
	cr_expect_str_eq(json_string_value(time), "1764433590123456");
	cr_expect_str_eq(json_string_value(name), "a\"b");
	cr_expect(json_string_length(message) == wanted_length);
	cr_expect(memcmp(json_string_value(message), wanted, wanted_length) == 0);
	json_decref(object);
	log_json_finish(&json);
}

#define EXPECT_SAME(line) expect_message(line, sizeof(line) - 1, line, sizeof(line) - 1)

Test(log_json, any_text_is_what_it_was)
{
	EXPECT_SAME("");
	EXPECT_SAME("plain");
	EXPECT_SAME("\"quoted\" \\ / \b\t\r\033[1m\177");
	EXPECT_SAME("a\0b");
	EXPECT_SAME("\xc3\xa4\xe2\x82\xac\xf0\x9f\x9a\xa2");
}

Test(log_json, what_is_no_utf_8_is_replaced)
{
	expect_message("a\xff\xfe b", 5, "a\xef\xbf\xbd\xef\xbf\xbd b", 9);
	/* A line that was cut within a character. */
	expect_message("\xe2\x82", 2, "\xef\xbf\xbd\xef\xbf\xbd", 6);
}

Test(log_json, the_longest_line_of_the_longest_text_fits)
{
	static char line[LOG_LINE_MAX];

	memset(line, 1, sizeof(line));
	expect_message(line, sizeof(line), line, sizeof(line));
}
