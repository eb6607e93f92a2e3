/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <regex.h>
#include <stdlib.h>
#include <string.h>

#include "conf/pattern.h"
#include "tests/unit/expect.h"

static struct pattern pattern;
static const char *why;

static int compile(const char *text)
{
	why = "";
	return pattern_compile(text, &pattern, &why);
}

static bool matches(const char *text)
{
	return pattern_matches(&pattern, text, strlen(text));
}

Test(pattern, finds_it_anywhere_unless_anchored)
{
	cr_assert(eq(int, compile("ready"), 0));
	cr_expect(matches("server is ready now"));
	cr_expect(not(matches("server is read")));
	cr_assert(eq(int, compile("^ready$"), 0));
	cr_expect(matches("ready"));
	cr_expect(not(matches("ready ")));
	cr_expect(not(matches(" ready")));
	cr_assert(eq(int, compile("^$"), 0));
	cr_expect(matches(""));
	cr_expect(not(matches("x")));
}

Test(pattern, bytes_of_any_kind)
{
	cr_assert(eq(int, compile("a.c"), 0));
	cr_expect(pattern_matches(&pattern, "xa\0cx", 5));
	cr_assert(eq(int, compile("\xc3\xa4+"), 0));
	cr_expect(matches("B\xc3\xa4r"));
}

static const char *const expressions[] = { "a", "ab*c", "ab+c", "ab?c", "a{2}", "a{2,}b", "a{1,3}b",
	"(ab|cd)+e", "(a|b)*abb", "^(a|bc)$", "[abc]", "[^abc]+", "[a-c]{2}", "[]x]", "[^]x]",
	"[a-]", "[[:digit:]]+", "^[[:alpha:]_][[:alnum:]_]*$", "a|b|c", "((a)(b)){2}", "(a*)*",
	"(a*)+b", "(a?){3}b", "\\.", "a\\*", "x$|^y", "a{0}b", "a{0,1}b", "(a{2}){2}",
	"(ab?){2,3}$", "a**", "a+?b", "[[:space:]]b", "(^a|b)c", "a(b|$)", ".{3}", "^.{3}$" };
static const char *const texts[] = { "", "a", "b", "c", "ab", "abc", "ac", "abbc", "aa", "aab",
	"aaab", "aaaab", "abcde", "ababcde", "e", "abb", "aababb", "bc", "x]", "]", "-", "a1", "12",
	"_x9", "9x", "a*", ".", "y", "xy", "yx", "abab", "aaaa", "aaaaa", "a b", " b", "bcc", "xyz",
	"wxyz" };

/* Whatever both take for an expression must match the same; the C library is the oracle. */
Test(pattern, agrees_with_the_c_library)
{
	for (size_t i = 0; i < sizeof(expressions) / sizeof(expressions[0]); i++) {
		regex_t oracle;

		cr_assert(eq(int, regcomp(&oracle, expressions[i], REG_EXTENDED | REG_NOSUB), 0));
		cr_expect(eq(int, compile(expressions[i]), 0), "%s: %s", expressions[i], why);
		for (size_t j = 0; j < sizeof(texts) / sizeof(texts[0]); j++) {
			bool expected = regexec(&oracle, texts[j], 0, NULL, 0) == 0;

			cr_expect(eq(int, matches(texts[j]), expected), "%s on %s", expressions[i],
				texts[j]);
		}
		regfree(&oracle);
	}
}

Test(pattern, what_is_wrong_is_refused_with_a_reason)
{
	static const char *const wrong[] = { "(", "(a", "a)", "[", "[a", "[]", "[^]", "[z-a]",
		"[[:nope:]]", "[[.a.]]", "*a", "a|*", "+", "?", "\\", "\\d", "\\1", "a{256}",
		"a{2,1}", "a{1", "a{1,x}", "((((a{200}){200}){200}){200})" };

	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		cr_expect(eq(int, compile(wrong[i]), -EINVAL), "%s", wrong[i]);
		cr_expect(gt(sz, strlen(why), 0), "%s", wrong[i]);
	}
}

Test(pattern, deep_and_large_ones_are_refused)
{
	char text[2000];

	memset(text, '(', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	cr_expect(eq(int, compile(text), -EINVAL));
	memset(text, 'a', sizeof(text) - 1);
	cr_expect(eq(int, compile(text), -EINVAL));
	memset(text, '|', sizeof(text) - 1);
	cr_expect(eq(int, compile(text), -EINVAL));
}

/* A { of JSON is itself. */
Test(pattern, brace_without_a_number_is_a_byte)
{
	cr_assert(eq(int, compile("{\"state\":\"up\"}"), 0));
	cr_expect(matches("{\"state\":\"up\"}"));
}

/* What takes other engines ages. */
Test(pattern, time_is_bounded)
{
	static char text[100000];

	memset(text, 'a', sizeof(text) - 1);
	cr_assert(eq(int, compile("^(a|aa|a*)*(a?){60}a{60}b$"), 0));
	cr_expect(not(matches(text)));
}
