/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/standstill.h"

#include <criterion/criterion.h>

#define LIMIT_MS 10000

Test(standstill, what_stands_still_is_over)
{
	struct standstill still = { .limit_ms = LIMIT_MS };
	cr_assert_not(standstill_is_over(&still, 7, 1000));
	cr_assert_not(standstill_is_over(&still, 7, 1000 + LIMIT_MS - 1));
	cr_assert(standstill_is_over(&still, 7, 1000 + LIMIT_MS));
}

Test(standstill, what_moves_is_waited_for_however_long_it_takes)
{
	struct standstill still = { .limit_ms = LIMIT_MS };
	int64_t now_ms = 0;
	for (uint64_t moved = 0; moved < 100; moved++, now_ms += LIMIT_MS) {
		cr_assert_not(standstill_is_over(&still, moved, now_ms));
	}
	cr_assert(standstill_is_over(&still, 99, now_ms));
}

Test(standstill, begins_anew_with_another_limit)
{
	struct standstill still = { .limit_ms = LIMIT_MS };
	standstill_is_over(&still, 7, 0);
	cr_assert(standstill_is_over(&still, 7, LIMIT_MS));
	standstill_begin_anew(&still, 5, 7, LIMIT_MS);
	cr_assert_eq(standstill_wait_ms(&still, LIMIT_MS, 60000), 5);
	cr_assert_not(standstill_is_over(&still, 7, LIMIT_MS + 4));
	cr_assert(standstill_is_over(&still, 7, LIMIT_MS + 5));
}

Test(standstill, waits_until_then)
{
	struct standstill still = { .limit_ms = LIMIT_MS };
	cr_assert_eq(standstill_wait_ms(&still, 0, 60000), 60000, "it has not begun");
	standstill_is_over(&still, 0, 0);
	cr_assert_eq(standstill_wait_ms(&still, 0, 60000), LIMIT_MS);
	cr_assert_eq(standstill_wait_ms(&still, 1, 60000), LIMIT_MS - 1);
	cr_assert_eq(standstill_wait_ms(&still, 1, 5), 5);
	cr_assert_eq(standstill_wait_ms(&still, LIMIT_MS + 5, 60000), 0);
}
