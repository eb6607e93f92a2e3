/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/apt_source.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define SIGNED "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] "

Test(apt_source, one_mirror_a_suite_in_a_fixed_order)
{
	static const char targets[] = "Packages forky-security main http://one/sec/ Debian\n"
				      "Packages forky main http://one/debian/ Debian\n"
				      "Packages forky main http://two/debian/ Debian\n"
				      "Packages forky-updates main https://one/debian/ Debian\n";
	struct string_list lines = { 0 };
	apt_source_lines(targets, "forky", &lines);
	cr_assert_eq(lines.count, 3);
	cr_assert_str_eq(lines.items[0], SIGNED "http://one/debian/ forky main");
	cr_assert_str_eq(lines.items[1], SIGNED "https://one/debian/ forky-updates main");
	cr_assert_str_eq(lines.items[2], SIGNED "http://one/sec/ forky-security main");
	string_list_finish(&lines);
}

Test(apt_source, nothing_that_is_not_debians_gets_in)
{
	static const char targets[] = "Packages forky main http://evil/ Some Vendor\n"
				      "Packages forky main http://evil/ \n"
				      "Packages forky main http://evil/ Debian Backports\n"
				      "Packages forky contrib http://one/ Debian\n"
				      "Packages sid main http://one/ Debian\n"
				      "Sources forky main http://one/ Debian\n"
				      "Packages forky main cdrom:[x]/ Debian\n"
				      "Packages forky main\n"
				      "\n";
	struct string_list lines = { 0 };
	apt_source_lines(targets, "forky", &lines);
	cr_assert_eq(lines.count, 0);
}

Test(apt_source, os_release_values_lose_their_quotes)
{
	static const char text[] = "NAME=\"A B\"\nVERSION_ID=1\nID=debian\nLAST='x'";
	struct {
		const char *key;
		const char *value;
	} cases[] = { { "NAME", "A B" }, { "ID", "debian" }, { "LAST", "x" }, { "VERSION", NULL } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *value = apt_source_os_release(text, cases[i].key);
		if (cases[i].value) {
			cr_assert_str_eq(value, cases[i].value);
		} else {
			cr_assert_null(value);
		}
		free(value);
	}
}
