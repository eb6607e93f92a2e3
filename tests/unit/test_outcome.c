/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/outcome.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "host-launcher/base/failure.h"

static struct outcome decide(struct outcome_facts facts)
{
	struct outcome outcome;
	outcome_decide(&facts, &outcome);
	return outcome;
}

Test(outcome, a_build_gives_its_own_code)
{
	for (int code = 1; code <= 255; code++) {
		struct outcome outcome = decide(
			(struct outcome_facts) { .ended = true, .exit_code = code, .results = 1 });
		cr_assert_eq(outcome.code, code);
		cr_assert(outcome.from_build);
		cr_assert_neq(outcome.cause[0], '\0');
	}
}

Test(outcome, success_needs_results)
{
	struct outcome_facts facts = { .ended = true, .results = 1, .results_looked_for = true };
	cr_assert_eq(decide(facts).code, 0);
	facts.results = 0;
	cr_assert_eq(decide(facts).code, EXIT_NO_ARTIFACTS);
	facts.exit_code = 3;
	cr_assert_eq(decide(facts).code, 3, "a failure is not covered up");
}

Test(outcome, names_the_signal_that_killed_the_build)
{
	struct outcome outcome =
		decide((struct outcome_facts) { .ended = true, .exit_code = 128 + SIGKILL });
	cr_assert_eq(outcome.code, 137);
	cr_assert_not_null(strstr(outcome.cause, "KILL"));
}

Test(outcome, memory_is_blamed_only_for_a_failure)
{
	struct outcome_facts facts = { .ended = true, .exit_code = 137, .oom_killed = true };
	cr_assert_eq(decide(facts).code, EXIT_OOM);
	facts.exit_code = 0;
	cr_assert_eq(decide(facts).code, 0);
}

Test(outcome, who_stopped_it_goes_before_how_it_ended)
{
	struct outcome_facts facts = { .ended = true, .exit_code = 143, .signal = SIGINT };
	cr_assert_eq(decide(facts).code, 130);
	cr_assert_not(decide(facts).from_build);
	facts.signal = 0;
	facts.timed_out = true;
	cr_assert_eq(decide(facts).code, EXIT_BUILD_TIMEOUT);
}

Test(outcome, no_end_is_a_lost_engine)
{
	cr_assert_eq(decide((struct outcome_facts) { 0 }).code, EXIT_ENGINE_LOST);
	struct outcome outcome =
		decide((struct outcome_facts) { .signal = SIGTERM, .detached = true });
	cr_assert_eq(outcome.code, 143);
	cr_assert_not_null(strstr(outcome.cause, "left behind"));
}
