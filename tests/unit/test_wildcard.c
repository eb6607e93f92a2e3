/* SPDX-License-Identifier: MIT */
#include "services/wildcard.h"
#include "tests/unit/expect.h"

Test(wildcard, matches_as_a_shell_does)
{
	static const char *const pairs[][2] = { { "", "" }, { "*", "" }, { "*", "abc" },
		{ "a*c", "abc" }, { "a*c", "abcbc" }, { "a**b*d", "axxbxcd" }, { "?b?", "abc" },
		{ "[a-c]x", "bx" }, { "[!a-c]x", "dx" }, { "[^a]", "b" }, { "[]]", "]" },
		{ "[]-]", "-" }, { "[a-]", "-" }, { "\\*", "*" }, { "[", "[" }, { "[a", "[a" },
		{ "*[0-9]", "host7" }, { "a\\", "a\\" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		cr_expect(wildcard_matches(pairs[i][0], pairs[i][1]), "%s %s", pairs[i][0],
			pairs[i][1]);
	}
}

Test(wildcard, and_does_not_where_it_should_not)
{
	static const char *const pairs[][2] = { { "", "a" }, { "a", "" }, { "?", "" },
		{ "a*c", "abd" }, { "[a-c]", "d" }, { "[!a-c]", "b" }, { "[!a]", "" },
		{ "\\*", "a" }, { "*a*b*c", "abab" }, { "abc", "abcd" }, { "[", "a" } };

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		cr_expect(not(wildcard_matches(pairs[i][0], pairs[i][1])), "%s %s", pairs[i][0],
			pairs[i][1]);
	}
}
