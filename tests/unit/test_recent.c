/* SPDX-License-Identifier: MIT */
#include "init/recent.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static char bytes[RECENT_SIZE + 1];
static char told[2 * RECENT_SIZE];

static struct recent empty(void)
{
	bytes[RECENT_SIZE] = 'x';
	return (struct recent) { .bytes = bytes };
}

static void note(const char *line, size_t length, void *data)
{
	size_t *count = data;

	(*count)++;
	strncat(told, line, length);
	strcat(told, "|");
}

static size_t tell(const struct recent *recent)
{
	size_t count = 0;

	told[0] = '\0';
	recent_for_each(recent, note, &count);
	return count;
}

Test(recent, nothing_was_said)
{
	struct recent recent = empty();

	cr_expect(tell(&recent) == 0);
}

Test(recent, lines_come_in_their_order_empty_ones_too)
{
	struct recent recent = empty();

	recent_add(&recent, "one", 3);
	recent_add(&recent, "", 0);
	recent_add(&recent, "three", 5);
	cr_expect(tell(&recent) == 3);
	cr_expect_str_eq(told, "one||three|");
}

Test(recent, the_last_ones_stay_whole_however_many_come)
{
	struct recent recent = empty();
	char line[64], wanted[64];

	for (int i = 0; i < 100000; i++) {
		recent_add(&recent, line, (size_t)snprintf(line, sizeof(line), "line %d", i));
	}
	size_t count = tell(&recent);

	cr_expect(count == RECENT_SIZE / strlen("line 99999."), "%zu", count);
	snprintf(wanted, sizeof(wanted), "line %zu|", 100000 - count);
	cr_expect(strncmp(told, wanted, strlen(wanted)) == 0, "%s", told);
	cr_expect(bytes[RECENT_SIZE] == 'x');
}

Test(recent, long_lines_are_cut_and_leave_room_for_others)
{
	struct recent recent = empty();
	static char line[100000];

	memset(line, 'l', sizeof(line));
	for (size_t length = 0; length < sizeof(line); length += 997) {
		recent_add(&recent, line, length);
		cr_assert(recent.length <= RECENT_SIZE);
	}
	cr_expect(tell(&recent) == RECENT_SIZE / (RECENT_LINE_MAX + 1));
	cr_expect(bytes[RECENT_SIZE] == 'x');
}
