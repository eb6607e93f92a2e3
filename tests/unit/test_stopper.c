/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/stopper.h"

#include <criterion/criterion.h>
#include <signal.h>

Test(stopper, asks_then_kills_then_leaves)
{
	struct stopper stopper;
	stopper_init(&stopper, 1000, 0, 60000);
	cr_assert_eq(stopper_on_signal(&stopper, SIGINT, 2000), STOPPER_ASK);
	cr_assert_eq(stopper_on_signal(&stopper, SIGTERM, 2001), STOPPER_KILL);
	cr_assert_eq(stopper_on_signal(&stopper, SIGTERM, 2002), STOPPER_DETACH);
	cr_assert_eq(stopper_on_signal(&stopper, SIGTERM, 2003), STOPPER_NOTHING);
	cr_assert_eq(stopper.signal, SIGINT, "the first counts");
	cr_assert_eq(stopper.stage, STOPPER_DETACHED);
}

Test(stopper, quit_kills_at_once)
{
	struct stopper stopper;
	stopper_init(&stopper, 0, 0, 60000);
	cr_assert_eq(stopper_on_signal(&stopper, SIGQUIT, 0), STOPPER_KILL);
}

Test(stopper, kills_when_the_grace_is_over)
{
	struct stopper stopper;
	stopper_init(&stopper, 0, 0, 500);
	stopper_on_signal(&stopper, SIGTERM, 100);
	cr_assert_eq(stopper_on_time(&stopper, 599), STOPPER_NOTHING);
	cr_assert_eq(stopper_on_time(&stopper, 600), STOPPER_KILL);
	cr_assert_eq(stopper_on_time(&stopper, 600), STOPPER_NOTHING);
	cr_assert_eq(stopper_on_time(&stopper, 600 + STOPPER_KILL_MS), STOPPER_DETACH);
	cr_assert_not(stopper.timed_out);
}

Test(stopper, stops_a_build_that_takes_too_long)
{
	struct stopper stopper;
	stopper_init(&stopper, 1000, 5000, 500);
	cr_assert_eq(stopper_on_time(&stopper, 5999), STOPPER_NOTHING);
	cr_assert_eq(stopper_on_time(&stopper, 6000), STOPPER_ASK);
	cr_assert(stopper.timed_out);
	cr_assert_eq(stopper.signal, 0);
	cr_assert_eq(stopper_on_time(&stopper, 6500), STOPPER_KILL);
}

Test(stopper, without_limits_nothing_happens_by_itself)
{
	struct stopper stopper;
	stopper_init(&stopper, 0, 0, 500);
	cr_assert_eq(stopper_on_time(&stopper, INT64_MAX), STOPPER_NOTHING);
	cr_assert_eq(stopper_wait_ms(&stopper, 12345, 77), 77);
}

Test(stopper, waits_until_the_next_deadline)
{
	struct stopper stopper;
	stopper_init(&stopper, 0, 1000, 500);
	cr_assert_eq(stopper_wait_ms(&stopper, 400, 60000), 600);
	cr_assert_eq(stopper_wait_ms(&stopper, 400, 100), 100);
	cr_assert_eq(stopper_wait_ms(&stopper, 4000, 100), 0);
}
