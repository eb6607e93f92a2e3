/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/history.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

static struct history parse(const char *text)
{
	struct history history = { 0 };
	history_parse(text, strlen(text), &history);
	return history;
}

/* Phases as a log had them: name and start. */
static void add(struct phases *phases, const char *name, int64_t at_ms)
{
	autofree char *line = alloc_printf("berth: phase %s\n", name);
	phases_feed(phases, line, strlen(line), at_ms);
}

static void expect_left(
	const char *text, const struct phases *phases, int64_t now_ms, int64_t left_ms)
{
	struct history history = parse(text);
	int64_t found = history_left_ms(&history, phases, now_ms);
	cr_expect_eq(found, left_ms, "%lld instead of %lld", (long long)found, (long long)left_ms);
	history_finish(&history);
}

#define ABC "[[\"a\",10],[\"b\",20],[\"c\",30]]"

Test(history, what_is_left_of_the_phase_and_all_behind_it)
{
	struct phases phases = { 0 };
	add(&phases, "a", 100);
	add(&phases, "b", 110);
	expect_left("{\"builds\":[" ABC "]}", &phases, 115, 15 + 30);
	expect_left("{\"builds\":[" ABC "]}", &phases, 1000, 30);
	phases_finish(&phases);
}

Test(history, the_second_phase_of_a_name_is_the_second_then_too)
{
	struct phases phases = { 0 };
	add(&phases, "a", 0);
	add(&phases, "a", 1);
	expect_left("{\"builds\":[[[\"a\",5],[\"a\",7],[\"b\",9]]]}", &phases, 1, 16);
	expect_left("{\"builds\":[[[\"a\",5],[\"b\",9]]]}", &phases, 1, -1);
	phases_finish(&phases);
}

Test(history, of_several_builds_the_median_counts)
{
	struct phases phases = { 0 };
	add(&phases, "a", 0);
	expect_left("{\"builds\":[[[\"a\",100]],[[\"a\",900]],[[\"a\",200]]]}", &phases, 0, 200);
	expect_left("{\"builds\":[[[\"x\",100]],[[\"a\",900]]]}", &phases, 0, 900);
	phases_finish(&phases);
}

Test(history, nobody_knows_without_phases_or_builds)
{
	struct phases phases = { 0 };
	expect_left("{\"builds\":[" ABC "]}", &phases, 0, -1);
	add(&phases, "a", 0);
	expect_left("{}", &phases, 0, -1);
	expect_left("", &phases, 0, -1);
	add(&phases, "unheard of", 1);
	expect_left("{\"builds\":[" ABC "]}", &phases, 1, -1);
	phases_finish(&phases);
}

Test(history, nonsense_is_left_out)
{
	static const char text[] = "{\"builds\":[7,[],[[\"a\"],[\"b\",-1],[\"c\",\"x\"],[3,4],"
				   "[\"d\",1e9],[\"e\",999999999999],[\"f\",5]]]}";
	struct history history = parse(text);
	cr_assert_eq(history.count, 1);
	cr_assert_eq(history.builds[0].count, 1);
	cr_expect_str_eq(history.builds[0].phases[0].name, "f");
	history_finish(&history);
}

Test(history, a_build_more_comes_first_and_the_oldest_goes)
{
	struct phases phases = { 0 };
	struct history history = parse("{\"builds\":[[[\"1\",1]],[[\"2\",2]],[[\"3\",3]],"
				       "[[\"4\",4]],[[\"5\",5]],[[\"6\",6]]]}");
	cr_assert_eq(history.count, HISTORY_BUILDS_MAX);
	add(&phases, "new \377", 0);
	phases_end(&phases, 9);
	autofree char *text = history_with(&history, &phases);
	struct history again = parse(text);
	cr_assert_eq(again.count, HISTORY_BUILDS_MAX);
	cr_expect_eq(again.builds[0].phases[0].duration_ms, 9);
	cr_expect_str_eq(again.builds[1].phases[0].name, "1");
	cr_expect_str_eq(again.builds[4].phases[0].name, "4");
	history_finish(&again);
	history_finish(&history);
	phases_finish(&phases);
}
