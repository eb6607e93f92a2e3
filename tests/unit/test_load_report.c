/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/load_report.h"

#include <criterion/criterion.h>
#include <string.h>

static const char good[] =
	"{\"status\":\"Loading layer\",\"progressDetail\":{\"current\":1},\"id\":\"abc\"}\r\n"
	"{\"stream\":\"Loaded image: berth-build:bookworm\\n\"}\r\n";

static void feed_split(struct load_report *report, const char *text, size_t at)
{
	load_report_feed(report, text, at);
	load_report_feed(report, text + at, strlen(text) - at);
	load_report_end(report);
}

Test(load_report, finds_the_name_however_the_text_is_split)
{
	for (size_t at = 0; at <= strlen(good); at++) {
		struct load_report report = { 0 };
		feed_split(&report, good, at);
		cr_assert_str_eq(load_report_loaded(&report), "berth-build:bookworm");
		cr_assert_null(load_report_error(&report));
		load_report_finish(&report);
	}
}

Test(load_report, takes_an_id_and_a_last_line_without_newline)
{
	struct load_report report = { 0 };
	feed_split(&report, "{\"stream\":\"Loaded image ID: sha256:00ff\\n\"}", 3);
	cr_assert_str_eq(load_report_loaded(&report), "sha256:00ff");
	load_report_finish(&report);
}

Test(load_report, keeps_the_first_error)
{
	struct load_report report = { 0 };
	feed_split(&report,
		"{\"errorDetail\":{\"message\":\"unexpected EOF\"},\"error\":\"unexpected EOF\"}\n"
		"{\"error\":\"second\"}\n",
		7);
	cr_assert_str_eq(load_report_error(&report), "unexpected EOF");
	cr_assert_null(load_report_loaded(&report));
	load_report_finish(&report);
}

Test(load_report, survives_nonsense)
{
	struct load_report report = { 0 };
	feed_split(&report, "\n\n{]\n[1,2]\n\"x\"\n{\"stream\":7}\n404 page not found", 5);
	cr_assert_null(load_report_loaded(&report));
	cr_assert_null(load_report_error(&report));
	cr_assert(strstr(load_report_raw(&report), "404 page not found"));
	load_report_finish(&report);
}

Test(load_report, an_endless_line_is_not_kept)
{
	struct load_report report = { 0 };
	char chunk[4096];
	memset(chunk, 'x', sizeof(chunk));
	for (int i = 0; i < 100; i++) {
		load_report_feed(&report, chunk, sizeof(chunk));
	}
	cr_assert_leq(report.line.length, LOAD_REPORT_LINE_MAX);
	load_report_finish(&report);
}
