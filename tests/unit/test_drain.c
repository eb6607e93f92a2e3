/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/drain.h"

#include <criterion/criterion.h>

Test(drain, what_stands_still_is_over)
{
	struct drain drain = { 0 };
	cr_assert_not(drain_is_over(&drain, 7, 1000));
	cr_assert_not(drain_is_over(&drain, 7, 1000 + DRAIN_MS - 1));
	cr_assert(drain_is_over(&drain, 7, 1000 + DRAIN_MS));
}

Test(drain, what_moves_is_waited_for_however_long_it_takes)
{
	struct drain drain = { 0 };
	int64_t now_ms = 0;
	for (uint64_t moved = 0; moved < 100; moved++, now_ms += DRAIN_MS) {
		cr_assert_not(drain_is_over(&drain, moved, now_ms));
	}
	cr_assert(drain_is_over(&drain, 99, now_ms));
}

Test(drain, waits_until_then)
{
	struct drain drain = { 0 };
	cr_assert_eq(drain_wait_ms(&drain, 0, 60000), 60000, "it has not begun");
	drain_is_over(&drain, 0, 0);
	cr_assert_eq(drain_wait_ms(&drain, 0, 60000), DRAIN_MS);
	cr_assert_eq(drain_wait_ms(&drain, 1, 60000), DRAIN_MS - 1);
	cr_assert_eq(drain_wait_ms(&drain, 1, 5), 5);
	cr_assert_eq(drain_wait_ms(&drain, DRAIN_MS + 5, 60000), 0);
}
