/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "conf/report.h"
#include "tests/unit/expect.h"

typedef void printer(const struct conf_problems *problems, FILE *out);

static void expect_printed(
	printer *print, const struct conf_problems *problems, const char *expected)
{
	char *printed;
	size_t size;
	FILE *out = open_memstream(&printed, &size);

	print(problems, out);
	fclose(out);
	expect_text(printed, expected);
	free(printed);
}

static void add(struct conf_problems *problems, enum conf_severity severity, const char *file,
	unsigned line, const char *text)
{
	const struct conf_place place = { file, line, line ? 1 : 0 };

	conf_problems_add(problems, severity, &place, "%s", text);
}

Test(report, at_the_start_one_line_sums_up_what_is_not_honoured)
{
	struct conf_problems problems = { 0 };

	add(&problems, CONF_UNHONOURED, "a", 1, "A= is not honoured: x");
	add(&problems, CONF_WARNING, "a", 2, "odd");
	add(&problems, CONF_UNHONOURED, "a", 3, "B= is not honoured: x");
	add(&problems, CONF_UNHONOURED, "a", 4, "A= is not honoured: x");
	add(&problems, CONF_UNHONOURED, "a", 4, "E= is not honoured: x");
	add(&problems, CONF_UNHONOURED, "a", 4, "C= is not honoured: x");
	add(&problems, CONF_UNHONOURED, "a", 5, "D= is not honoured: x");
	add(&problems, CONF_UNHONOURED, "b", 1, "A= is not honoured: x");
	add(&problems, CONF_ERROR, "c", 0, "bad");
	expect_printed(conf_problems_print_brief, &problems,
		"a: warning: 6 lines are not honoured: A=, B=, E=, C= and 1 more; berth-init "
		"check tells why\n"
		"a:2:1: warning: odd\n"
		"b:1:1: warning: A= is not honoured: x\n"
		"c: error: bad\n");
	conf_problems_finish(&problems);
}

Test(report, json_has_every_problem_and_is_json_whatever_they_say)
{
	struct conf_problems problems = { 0 };

	expect_printed(conf_problems_print_json, &problems, "[]\n");
	add(&problems, CONF_UNHONOURED, "a", 7, "\"q\" \\ \x01 \xc3\xa9 \xff \xed\xa0\x80 \xc3");
	add(&problems, CONF_ERROR, "b", 0, "bad");
	expect_printed(conf_problems_print_json, &problems,
		"[\n {\"file\": \"a\", \"line\": 7, \"column\": 1, \"severity\": \"warning\", "
		"\"text\": \"\\\"q\\\" \\\\ \\u0001 \xc3\xa9 \\ufffd "
		"\\ufffd\\ufffd\\ufffd \\ufffd\"},\n"
		" {\"file\": \"b\", \"line\": null, \"column\": null, \"severity\": \"error\", "
		"\"text\": \"bad\"}\n]\n");
	conf_problems_finish(&problems);
}
