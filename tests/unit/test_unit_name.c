/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "conf/unit_name.h"
#include "tests/unit/expect.h"

Test(unit_name, has_a_type_by_its_suffix)
{
	cr_expect(eq(int, (int)unit_name_type("a.service"), UNIT_SERVICE));
	cr_expect(eq(int, (int)unit_name_type("a.b.target"), UNIT_TARGET));
	cr_expect(eq(int, (int)unit_name_type("a@b.c.timer"), UNIT_OTHER));
	cr_expect(eq(int, (int)unit_name_type("a"), UNIT_NONE));
	cr_expect(eq(int, (int)unit_name_type("a.conf"), UNIT_NONE));
	cr_expect(eq(int, (int)unit_name_type("service"), UNIT_NONE));
}

Test(unit_name, is_valid_as_systemd_has_it)
{
	static const char *const good[] = { "a.service", "a-b_c:d\\x2d@e@f.service", "a@.socket",
		"1.target" };
	static const char *const bad[] = { "", ".service", "@a.service", "a", "a b.service",
		"a/b.service", "a.services", "\xc3\xa4.service" };
	char longest[UNIT_NAME_SIZE + 1];

	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		cr_expect(unit_name_is_valid(good[i]), "%s", good[i]);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect(not(unit_name_is_valid(bad[i])), "%s", bad[i]);
	}
	memset(longest, 'a', sizeof(longest));
	memcpy(longest + UNIT_NAME_MAX - 8, ".service", 9);
	cr_expect(unit_name_is_valid(longest));
	longest[UNIT_NAME_MAX - 8] = 'a';
	memcpy(longest + UNIT_NAME_SIZE - 8, ".service", 9);
	cr_expect(not(unit_name_is_valid(longest)));
}

Test(unit_name, of_a_template_becomes_one_of_an_instance)
{
	char name[UNIT_NAME_SIZE];

	cr_expect(unit_name_is_template("a@.service"));
	cr_expect(not(unit_name_is_template("a@b.service")));
	cr_expect(not(unit_name_is_template("a.service")));
	cr_expect(unit_name_is_instance("a@b.service"));
	cr_expect(unit_name_instantiate("a@.service", "b-c", 3, name));
	expect_text(name, "a@b-c.service");
	cr_expect(unit_name_instantiate(name, "", 0, name));
	expect_text(name, "a@.service");
	memset(name, 'i', sizeof(name));
	cr_expect(not(unit_name_instantiate("a@.service", name, 250, name)));
}

static void expect_wider(const char *name, const char *const *expected)
{
	char wider[UNIT_NAME_SIZE];
	size_t nth = 0;

	for (; expected[nth]; nth++) {
		cr_assert(unit_name_widen(name, nth, wider), "%s: no %s", name, expected[nth]);
		expect_text(wider, expected[nth]);
	}
	cr_expect(not(unit_name_widen(name, nth, wider)), "%s: also %s", name, wider);
}

/* The orders are what systemd 252 itself was seen to do. */
Test(unit_name, widens_by_instance_and_dashes)
{
	expect_wider("a.service", (const char *[]) { "a.service", NULL });
	expect_wider("foo-bar-baz.service", (const char *[]) { "foo-bar-baz.service",
						    "foo-bar-.service", "foo-.service", NULL });
	expect_wider("a-b-c@x-y.service",
		(const char *[]) { "a-b-c@x-y.service", "a-b-c@.service", "a-b-.service",
			"a-.service", "a-b-@x-y.service", "a-b-@.service", "a-@x-y.service",
			"a-@.service", NULL });
	expect_wider("a--b.service",
		(const char *[]) { "a--b.service", "a--.service", "a-.service", NULL });
	expect_wider("a-.service", (const char *[]) { "a-.service", NULL });
	expect_wider("-.service", (const char *[]) { "-.service", NULL });
	expect_wider("a@b.service", (const char *[]) { "a@b.service", "a@.service", NULL });
}

Test(unit_name, is_unescaped_as_by_systemd_escape)
{
	static const char *const pairs[][2] = { { "", "" }, { "a-b", "a/b" }, { "a\\x2db", "a-b" },
		{ "\\x41\\x4z\\x", "A\\x4z\\x" }, { "15-main", "15/main" } };
	char text[32];

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		size_t length = unit_name_unescape(pairs[i][0], strlen(pairs[i][0]), text);

		text[length] = '\0';
		expect_text(text, pairs[i][1]);
	}
}
