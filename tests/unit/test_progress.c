/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/progress.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

static struct progress whole(void)
{
	return (struct progress) {
		.phase = "chroot_hooks",
		.elapsed_ms = 12 * MINUTE_MS + 5999,
		.phase_ms = 3 * MINUTE_MS + 10000,
		.left_ms = 24 * MINUTE_MS - 1,
		.cache_percent = 93,
		.written_bytes = 1288490189,
	};
}

static void expect(const struct progress *progress, unsigned columns, const char *wanted)
{
	char *line = progress_line(progress, columns);
	cr_expect_str_eq(line, wanted, "%u columns: '%s'", columns, line);
	free(line);
}

Test(progress, the_whole_line)
{
	struct progress progress = whole();
	expect(&progress, 80,
		"12:05  chroot_hooks 3:10, about 24 min left, cache 93%, 1.2 GiB written");
}

Test(progress, in_a_narrow_terminal_the_most_important_comes_first)
{
	struct progress progress = whole();
	expect(&progress, 72,
		"12:05  chroot_hooks 3:10, about 24 min left, cache 93%, 1.2 GiB written");
	expect(&progress, 71, "12:05  chroot_hooks 3:10, about 24 min left, cache 93%");
	expect(&progress, 44, "12:05  chroot_hooks 3:10, about 24 min left");
	expect(&progress, 43, "12:05  chroot_hooks 3:10, cache 93%");
	expect(&progress, 25, "12:05  chroot_hooks 3:10");
	expect(&progress, 12, "12:05  chro");
	expect(&progress, 9, "");
	expect(&progress, 0, "");
}

Test(progress, no_line_ever_reaches_the_last_column)
{
	struct progress progress = whole();
	for (unsigned columns = 0; columns < 120; columns++) {
		char *line = progress_line(&progress, columns);
		cr_expect(strlen(line) < columns || (columns == 0 && !*line), "%u", columns);
		free(line);
	}
}

Test(progress, what_is_not_known_is_not_told)
{
	struct progress progress = { .left_ms = -1, .cache_percent = -1, .written_bytes = -1 };
	expect(&progress, 80, "0:00  starting");
	progress.written_bytes = 0;
	expect(&progress, 80, "0:00  starting, 0.0 KiB written");
}

Test(progress, estimates_are_as_fine_as_they_can_be)
{
	static const struct {
		int64_t left_ms;
		const char *words;
	} cases[] = {
		{ 0, "under a minute left" },
		{ MINUTE_MS, "under a minute left" },
		{ MINUTE_MS + 1000, "about 2 min left" },
		{ 119 * MINUTE_MS, "about 119 min left" },
		{ 2 * HOUR_MS, "about 2 h 0 min left" },
		{ 3 * HOUR_MS + 47 * MINUTE_MS, "about 3 h 40 min left" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct progress progress = whole();
		progress.left_ms = cases[i].left_ms;
		char *line = progress_line(&progress, 200);
		cr_expect_not_null(strstr(line, cases[i].words), "%s", line);
		free(line);
	}
}

Test(progress, hours_and_bytes)
{
	struct progress progress = whole();
	progress.elapsed_ms = 26 * HOUR_MS + 61000;
	progress.written_bytes = INT64_C(3) << 40;
	expect(&progress, 100,
		"26:01:01  chroot_hooks 3:10, about 24 min left, cache 93%, 3.0 TiB written");
	progress.written_bytes = 20 << 20;
	progress.elapsed_ms = -5;
	expect(&progress, 100,
		"0:00  chroot_hooks 3:10, about 24 min left, cache 93%, 20 MiB written");
}

Test(progress, a_name_takes_one_column_a_byte)
{
	struct progress progress = whole();
	progress.phase = "caf\303\251 \033[2J";
	char *line = progress_line(&progress, 80);
	cr_expect_eq(strncmp(line, "12:05  caf?? ?[2J 3:10", 22), 0, "%s", line);
	free(line);
}

Test(progress, a_sentence_for_a_log)
{
	struct progress progress = whole();
	char *text = progress_sentence(&progress);
	cr_expect_str_eq(text, "at 12:05: chroot_hooks 3:10, about 24 min left, cache 93%, "
			       "1.2 GiB written");
	free(text);
}

static void choose(
	bool unwanted, bool terminal, const char *term, bool ci, enum progress_mode wanted)
{
	const struct progress_place place = {
		.unwanted = unwanted,
		.terminal = terminal,
		.term = term,
		.ci = ci,
	};
	cr_expect_eq(progress_choose(&place), wanted, "%d %d %s %d", unwanted, terminal,
		term ? term : "-", ci);
}

Test(progress, where_which_kind_is_shown)
{
	choose(false, true, "xterm", false, PROGRESS_LIVE);
	choose(true, true, "xterm", false, PROGRESS_NONE);
	choose(false, true, "dumb", false, PROGRESS_NONE);
	choose(false, true, "", false, PROGRESS_NONE);
	choose(false, true, NULL, false, PROGRESS_NONE);
	choose(false, false, "xterm", false, PROGRESS_NONE);
	choose(false, false, NULL, true, PROGRESS_PLAIN);
	choose(false, true, "xterm", true, PROGRESS_PLAIN);
	choose(true, false, NULL, true, PROGRESS_NONE);
}
