/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/value.h"

#include <criterion/criterion.h>
#include <errno.h>

static void duration(const char *text, int rc, int64_t expected_ms)
{
	int64_t ms = -1;
	cr_assert_eq(value_parse_duration(text, &ms), rc, "%s", text);
	cr_assert_eq(ms, rc ? -1 : expected_ms, "%s", text);
}

Test(launcher_value, time_spans)
{
	duration("90", 0, 90000);
	duration("1.5h", 0, 5400000);
	duration("2min 30s", 0, 150000);
	duration("250ms", 0, 250);
	duration(" 1d ", 0, 86400000);
	duration("0", 0, 0);
	duration("", -EINVAL, 0);
	duration("-1", -EINVAL, 0);
	duration("1 parsec", -EINVAL, 0);
	duration("1.2.3", -EINVAL, 0);
	duration("0x10", -EINVAL, 0);
	duration("1e3", -EINVAL, 0);
	duration("inf", -EINVAL, 0);
	duration("99999999999999d", -ERANGE, 0);
}

static void size(const char *text, int rc, uint64_t expected)
{
	uint64_t bytes = 1;
	cr_assert_eq(value_parse_size(text, &bytes), rc, "%s", text);
	cr_assert_eq(bytes, rc ? 1 : expected, "%s", text);
}

Test(launcher_value, sizes)
{
	size("0", 0, 0);
	size("8G", 0, 8ULL << 30);
	size("1.5K", 0, 1536);
	size("512M", 0, 512ULL << 20);
	size("1T", 0, 1ULL << 40);
	size("", -EINVAL, 0);
	size("8 G", -EINVAL, 0);
	size("8X", -EINVAL, 0);
	size("-8G", -EINVAL, 0);
	size("9999999T", -ERANGE, 0);
}

Test(launcher_value, switches)
{
	bool value = false;
	cr_assert_eq(value_parse_bool("Yes", &value), 0);
	cr_assert(value);
	cr_assert_eq(value_parse_bool("off", &value), 0);
	cr_assert_not(value);
	cr_assert_eq(value_parse_bool("", &value), -EINVAL);
	cr_assert_eq(value_parse_bool("2", &value), -EINVAL);
}
