/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/tail.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "host-launcher/base/buffer.h"

static void add_line(const char *line, void *user)
{
	buffer_printf(user, "%s|", line);
}

static void expect(const struct tail *tail, const char *expected)
{
	struct buffer out = { 0 };
	tail_for_each(tail, add_line, &out);
	cr_assert_str_eq(buffer_text(&out), expected);
	buffer_finish(&out);
}

static void feed(struct tail *tail, const char *text)
{
	tail_feed(tail, text, strlen(text));
}

Test(tail, is_empty_at_first)
{
	struct tail tail = { 0 };
	cr_assert(tail_is_empty(&tail));
	expect(&tail, "");
}

Test(tail, keeps_few_lines_and_a_begun_one)
{
	struct tail tail = { 0 };
	feed(&tail, "a\n\nb");
	feed(&tail, "c");
	expect(&tail, "a||bc|");
	feed(&tail, "\n");
	expect(&tail, "a||bc|");
}

Test(tail, keeps_the_last_twenty_lines)
{
	struct tail tail = { 0 };
	struct buffer expected = { 0 };
	for (int i = 1; i <= 100; i++) {
		char line[16];
		snprintf(line, sizeof(line), "%d\n", i);
		feed(&tail, line);
	}
	for (int i = 81; i <= 100; i++) {
		buffer_printf(&expected, "%d|", i);
	}
	expect(&tail, buffer_text(&expected));
	feed(&tail, "101");
	buffer_consume(&expected, strlen("81|"));
	buffer_append_text(&expected, "101|");
	expect(&tail, buffer_text(&expected));
	buffer_finish(&expected);
}

/* However the log is cut into pieces, what is kept is the same. */
Test(tail, keeps_the_same_of_a_long_piece)
{
	struct buffer log = { 0 };
	for (int i = 1; i <= 100; i++) {
		buffer_printf(&log, i % 7 ? "line %d\n" : "\n", i);
	}
	buffer_append_text(&log, "begun");
	for (size_t first = 0; first <= log.length; first++) {
		struct tail at_once = { 0 };
		struct tail bytewise = { 0 };
		struct buffer expected = { 0 };
		tail_feed(&at_once, log.data, first);
		tail_feed(&at_once, log.data + first, log.length - first);
		for (size_t i = 0; i < log.length; i++) {
			tail_feed(&bytewise, log.data + i, 1);
		}
		tail_for_each(&bytewise, add_line, &expected);
		expect(&at_once, buffer_text(&expected));
		buffer_finish(&expected);
	}
	buffer_finish(&log);
}

Test(tail, cuts_long_lines_and_hides_control_bytes)
{
	struct tail tail = { 0 };
	for (int i = 0; i < 3 * TAIL_LINE_MAX; i++) {
		feed(&tail, "x");
	}
	feed(&tail, "\n\033[2J\ttab\r\n");
	struct buffer out = { 0 };
	tail_for_each(&tail, add_line, &out);
	cr_assert_eq(strcspn(buffer_text(&out), "|"), TAIL_LINE_MAX);
	cr_assert_str_eq(strchr(buffer_text(&out), '|'), "|?[2J\ttab|");
	buffer_finish(&out);
}
