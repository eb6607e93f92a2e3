/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "services/environment.h"
#include "services/environment_file.h"
#include "tests/unit/expect.h"
#include "tests/unit/scratch.h"

/* Lists for execve() are of plain char pointers, and so are these of literals. */
#ifdef __clang__
#pragma clang diagnostic ignored "-Wincompatible-pointer-types-discards-qualifiers"
#else
#pragma GCC diagnostic ignored "-Wwrite-strings"
#pragma GCC diagnostic ignored "-Wdiscarded-qualifiers"
#endif

static struct conf_arena arena;

static void finish(void)
{
	conf_arena_finish(&arena);
}

TestSuite(environment, .fini = finish);

/* Joins with | so that one string shows the list. */
static const char *joined(char *const *list)
{
	static char text[1024];

	text[0] = '\0';
	for (; *list; list++) {
		strcat(text, *list);
		strcat(text, "|");
	}
	return text;
}

static char *variables[] = { "ONE=one", "TWO=two words", "EMPTY=", "PATH=/bin",
	"QUOTED='a b' c\\d  \"e f\" g\\", NULL };

static const char *expand(const char *second, const char *third)
{
	char *argv[] = { "cmd", (char *)(uintptr_t)second, (char *)(uintptr_t)third, NULL };
	char **result = NULL;

	cr_assert(eq(int, environment_expand_argv(&arena, argv, variables, &result), 0));
	return joined(result);
}

/* What systemd 252 does, as measured and as systemd.service(5), "Command Lines", has it. */
Test(environment, variables_in_command_lines_are_systemds)
{
	expect_text(expand("$TWO", NULL), "cmd|two|words|");
	expect_text(expand("${TWO}", NULL), "cmd|two words|");
	expect_text(expand("$EMPTY", "x"), "cmd|x|");
	expect_text(expand("${EMPTY}", "x"), "cmd||x|");
	expect_text(expand("mid${ONE}dle", NULL), "cmd|midonedle|");
	expect_text(expand("a $n b", NULL), "cmd|a $n b|");
	expect_text(expand("$$", "$$ONE"), "cmd|$|$ONE|");
	expect_text(expand("$MISSING", "${MISSING}"), "cmd||");
	expect_text(expand("${open", "$"), "cmd|${open|");
}

static char **build(const struct exec_context *exec, const struct environment_source *source)
{
	char **result = NULL;
	size_t file = 0;

	cr_assert(eq(int, environment_build(&arena, exec, source, &result, &file), 0));
	return result;
}

static struct conf_strings strings(char **items)
{
	struct conf_strings list = { .items = items };

	while (items[list.count]) {
		list.count++;
	}
	return list;
}

static char **inherit(char **received)
{
	char **result = NULL;

	cr_assert(eq(int, environment_inherit(&arena, received, &result), 0));
	return result;
}

Test(environment, what_pid_1_received_is_passed_on_with_a_path)
{
	static char *received[] = { "A=1", "nonsense", NULL };

	expect_text(joined(inherit(received)),
		"A=1|PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin|");
}

Test(environment, the_runtimes_notify_socket_is_not_passed_on)
{
	static char *received[] = { "NOTIFY_SOCKET=/outer", "WATCHDOG_USEC=1", "LISTEN_FDS=1",
		"PATH=/bin", NULL };

	expect_text(joined(inherit(received)), "PATH=/bin|");
}

/* One child after the other has the same sources. */
Test(environment, building_leaves_its_sources_alone)
{
	static char *inherited[] = { "A=1", "B=1", "C=1", "PATH=/bin", NULL };
	static char *set[] = { "B=2", "D=2", NULL };
	static char *unset[] = { "A", NULL };
	const struct exec_context exec = { .environment = strings(set),
		.unset_environment = strings(unset) };
	const struct environment_source source = { .inherited = inherited };

	build(&exec, &source);
	expect_text(joined(inherited), "A=1|B=1|C=1|PATH=/bin|");
	expect_text(joined(set), "B=2|D=2|");
}

Test(environment, later_sources_override_earlier_ones)
{
	static char *inherited[] = { "A=1", "B=1", "PATH=/bin", NULL };
	static char *set[] = { "B=2", "C=2", NULL };
	static char *unset[] = { "A", NULL };
	const struct exec_context exec = { .environment = strings(set),
		.unset_environment = strings(unset) };
	const struct environment_source source = {
		.inherited = inherited, .main_pid = 5, .notify_socket = "/inner"
	};
	char **result = build(&exec, &source);

	cr_expect(eq(ptr, (void *)(uintptr_t)environment_get(result, "A"), NULL));
	expect_text(environment_get(result, "B"), "2");
	expect_text(environment_get(result, "C"), "2");
	expect_text(environment_get(result, "NOTIFY_SOCKET"), "/inner");
	expect_text(environment_get(result, "MAINPID"), "5");
	cr_expect(ne(ptr, (void *)(uintptr_t)environment_get(result, "PATH"), NULL));
}

Test(environment, user_sets_home_and_names)
{
	static char *inherited[] = { "HOME=/root", "PATH=/bin", NULL };
	const struct credentials credentials = { .user = "joe", .home = "/home/joe" };
	const struct exec_context exec = { 0 };
	const struct environment_source source = { .inherited = inherited,
		.credentials = &credentials };

	expect_text(joined(build(&exec, &source)),
		"HOME=/home/joe|PATH=/bin|USER=joe|LOGNAME=joe|SHELL=/bin/sh|");
}

Test(environment, directories_are_named_to_the_service)
{
	static char *inherited[] = { "PATH=/bin", NULL };
	static char *names[] = { "a", "b/c", NULL };
	struct exec_context exec = { 0 };
	const struct environment_source source = { .inherited = inherited };

	exec.directories[DIRECTORY_CACHE].names = strings(names);
	expect_text(joined(build(&exec, &source)),
		"PATH=/bin|CACHE_DIRECTORY=/var/cache/a:/var/cache/b/c|");
}

Test(environment, a_missing_file_is_an_error_unless_it_may_be_missing)
{
	static char *inherited[] = { NULL };
	static char *optional[] = { "-/nonexistent/file", NULL };
	static char *needed[] = { "/nonexistent/file", NULL };
	struct exec_context exec = { .environment_files = strings(optional) };
	const struct environment_source source = { .inherited = inherited };
	char **result = NULL;
	size_t file = 0;

	cr_expect(eq(int, environment_build(&arena, &exec, &source, &result, &file), 0));
	exec.environment_files = strings(needed);
	cr_expect(eq(int, environment_build(&arena, &exec, &source, &result, &file), -ENOENT));
	cr_expect(eq(sz, file, 0));
}

Test(environment, a_pattern_reads_all_that_match_by_name)
{
	static char *inherited[] = { "PATH=/bin", NULL };
	static char pattern[64], optional[64];
	static char *files[] = { pattern, optional, NULL };
	struct exec_context exec = { .environment_files = strings(files) };
	const struct environment_source source = { .inherited = inherited };
	char **result = NULL;
	size_t file = 0;

	scratch_make();
	snprintf(pattern, sizeof(pattern), "%s/e*/[a-c]*.env", scratch);
	snprintf(optional, sizeof(optional), "-%s/none/*.env", scratch);
	scratch_write("etc/b.env", "A=b\nB=b\n");
	scratch_write("etc/a.env", "A=a\nC=a\n");
	scratch_write("etc/d.env", "D=d\n");
	scratch_write("etc/.a.env", "D=hidden\n");
	expect_text(joined(build(&exec, &source)), "PATH=/bin|A=b|C=a|B=b|");
	snprintf(optional, sizeof(optional), "%s/none/*.env", scratch);
	cr_expect(eq(int, environment_build(&arena, &exec, &source, &result, &file), -ENOENT));
	cr_expect(eq(sz, file, 1));
	scratch_finish();
}

static int take(void *user, const char *assignment)
{
	char *text = user;

	strcat(text, assignment);
	strcat(text, "|");
	return 0;
}

static void expect_file(const char *input, const char *expected)
{
	char text[1024] = "";

	cr_expect(eq(int, environment_file_parse(input, strlen(input), take, text), 0));
	expect_text(text, expected);
}

Test(environment_file, plain_lines_comments_and_blanks)
{
	expect_file("# c\n; c\nA=1\n\n  B = two words  \nC=\nlast=x", "A=1|B=two words|C=|last=x|");
}

Test(environment_file, quotes_and_escapes)
{
	expect_file("A=\"x y\"\nB='$z \"q\"'\nC=\"a\\\"b\\$c\\d\"\nD=a\\ b\\\nc\n",
		"A=x y|B=$z \"q\"|C=a\"b$c\\d|D=a bc|");
	expect_file("A=\"one\ntwo\"\nB='  kept  '  \n", "A=one\ntwo|B=  kept  |");
}

Test(environment_file, what_is_no_assignment_is_passed_over)
{
	expect_file("nonsense\n=x\n1A=x\nexport B=1\nC=3\n", "C=3|");
	expect_file("A='open\n", "A=open\n|");
	expect_file("", "");
	expect_file("\\", "");
}
