/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/clock.h"

#include <criterion/criterion.h>
#include <errno.h>

static void expect_time(const char *text, int rc, int64_t when_ms)
{
	int64_t found = -1;
	cr_expect_eq(clock_parse_time(text, &found), rc, "%s", text);
	cr_expect_eq(found, rc ? -1 : when_ms, "%s", text);
}

Test(clock, times_of_engines)
{
	expect_time("1970-01-01T00:00:10Z", 0, 10000);
	expect_time("1970-01-01T00:00:10.123456789Z", 0, 10123);
	expect_time("1970-01-01T01:00:10.5+01:00", 0, 10500);
	expect_time("1969-12-31T23:30:00-00:30", 0, 0);
	expect_time("1970-01-01T00:00:10.Z", 0, 10000);
	expect_time("1970-01-01T00:00:10", -EINVAL, 0);
	expect_time("1970-01-01T00:00:10+1:00", -EINVAL, 0);
	expect_time("1970-01-01T00:00:10Zx", -EINVAL, 0);
	expect_time("1970-01-01T00:00:10+01:009223372036854775807", -EINVAL, 0);
	expect_time("now", -EINVAL, 0);
}
