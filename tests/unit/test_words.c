/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/words.h"

#include <criterion/criterion.h>

#include "host-launcher/base/env_list.h"
#include "host-launcher/base/process.h"

static void expect_quoted(const char *word, const char *expected)
{
	struct buffer out = { 0 };
	quote_word(&out, word);
	cr_assert_str_eq(buffer_text(&out), expected);
	buffer_finish(&out);
}

Test(words, plain_ones_stay_and_others_are_quoted)
{
	expect_quoted("--a=b/c:d@1.2,+%", "--a=b/c:d@1.2,+%");
	expect_quoted("", "''");
	expect_quoted("a b", "'a b'");
	expect_quoted("it's", "'it'\\''s'");
	expect_quoted("$x`y`\"\\", "'$x`y`\"\\'");
	expect_quoted("a\nb", "'a\nb'");
	expect_quoted("~", "'~'");
}

/* Every byte, through a real shell, comes back as it was. */
Test(words, a_shell_reads_back_what_was_quoted)
{
	char word[256];
	for (int i = 0; i < 255; i++) {
		word[i] = (char)(i + 1);
	}
	word[255] = '\0';
	struct buffer script = { 0 };
	buffer_append_text(&script, "printf %s ");
	quote_word(&script, word);
	const char *const argv[] = { "sh", "-c", buffer_text(&script), NULL };
	struct process_spec spec = { .argv = argv, .output = PROCESS_CAPTURE };
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_str_eq(buffer_text(&result.output), word);
	process_result_finish(&result);
	buffer_finish(&script);
}

Test(words, a_list_has_what_was_added)
{
	struct string_list list = { 0 };
	cr_assert(!string_list_has(&list, "one"));
	string_list_add(&list, "one");
	cr_assert(string_list_has(&list, "one"));
	cr_assert(!string_list_has(&list, "on"));
	string_list_finish(&list);
}

Test(words, a_terminal_is_not_steered)
{
	char text[] = "a\033[2J\tb\nc\r\x7f\xc3\xbc";
	text_make_harmless(text);
	cr_assert_str_eq(text, "a?[2J\tb\nc??\xc3\xbc");
}

static const char *nearest(const char *word)
{
	static const char *const names[] = { "build", "gitinfo", "image load", "version" };
	return nearest_name(word, names, 4, sizeof(names[0]));
}

Test(words, the_nearest_name_is_found_but_not_a_far_one)
{
	cr_assert_str_eq(nearest("biuld"), "build");
	cr_assert_str_eq(nearest("buid"), "build");
	cr_assert_str_eq(nearest("image laod"), "image load");
	cr_assert_null(nearest("x"));
	cr_assert_null(nearest("something"));
	cr_assert_null(nearest(""));
}

Test(words, an_environment_keeps_its_order_and_replaces)
{
	struct env_list env = { 0 };
	struct buffer out = { 0 };
	env_list_set(&env, "A", "1");
	env_list_set(&env, "AB", "x y");
	env_list_set(&env, "A", "it's");
	cr_assert_str_eq(env_list_get(&env, "AB"), "x y");
	cr_assert_null(env_list_get(&env, "B"));
	env_list_to_shell(&env, &out);
	cr_assert_str_eq(buffer_text(&out), "A='it'\\''s'\nAB='x y'\n");
	buffer_finish(&out);
	env_list_finish(&env);
}

Test(words, names_of_variables)
{
	cr_assert(env_list_is_key("A_b9", 4));
	cr_assert(env_list_is_key("_", 1));
	cr_assert_not(env_list_is_key("9a", 2));
	cr_assert_not(env_list_is_key("", 0));
	cr_assert_not(env_list_is_key("a-b", 3));
	cr_assert_not(env_list_is_key("a b", 3));
}
