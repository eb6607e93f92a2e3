/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/rejoin.h"

#include <criterion/criterion.h>

static enum rejoin_verdict judge(
	enum engine_pulse pulse, const char *text, bool was_gone, bool outlived, int *ret_code)
{
	json_auto_t *container = text ? json_loads(text, 0, NULL) : NULL;
	cr_assert(!text || container);
	return rejoin_judge(pulse, container, was_gone, outlived, ret_code);
}

#define STATE(running, code) "{\"State\":{\"Running\":" running ",\"ExitCode\":" code "}}"

Test(rejoin, a_build_that_runs_goes_on)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("true", "0"), false, false, &code), REJOIN_RUNNING);
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("true", "0"), true, true, &code), REJOIN_RUNNING);
	cr_assert_eq(code, -1);
}

Test(rejoin, a_code_counts_if_the_engine_was_there)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("false", "7"), false, false, &code), REJOIN_ENDED);
	cr_assert_eq(code, 7);
}

/* Podman: it is not called running while its time to clean up lasts. */
Test(rejoin, a_build_that_is_being_stopped_goes_on)
{
	int code = -1;
	const char *stopping = "{\"State\":{\"Running\":false,\"Status\":\"stopping\","
			       "\"ExitCode\":0}}";
	cr_assert_eq(judge(ENGINE_ALIVE, stopping, false, true, &code), REJOIN_RUNNING);
	cr_assert_eq(code, -1);
}

Test(rejoin, a_code_that_nobody_saw_is_none)
{
	int code = 7;
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("false", "-1"), false, true, &code), REJOIN_LOST);
	cr_assert_eq(code, 7);
}

Test(rejoin, an_engine_that_restarted_took_the_build_along)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("false", "0"), true, false, &code), REJOIN_LOST);
	cr_assert_eq(code, -1);
}

Test(rejoin, containers_that_outlive_their_engine_have_a_code_that_counts)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("false", "3"), true, true, &code), REJOIN_ENDED);
	cr_assert_eq(code, 3);
}

Test(rejoin, silence_and_nonsense_are_asked_again)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_GONE, NULL, false, false, &code), REJOIN_AGAIN);
	cr_assert_eq(judge(ENGINE_UNSURE, NULL, true, true, &code), REJOIN_AGAIN);
	cr_assert_eq(judge(ENGINE_ALIVE, "[]", false, false, &code), REJOIN_AGAIN);
	cr_assert_eq(judge(ENGINE_ALIVE, STATE("\"yes\"", "0"), false, false, &code), REJOIN_AGAIN);
	cr_assert_eq(
		judge(ENGINE_ALIVE, STATE("false", "null"), false, false, &code), REJOIN_AGAIN);
}

Test(rejoin, a_container_that_nobody_knows_is_lost)
{
	int code = -1;
	cr_assert_eq(judge(ENGINE_FORGOT, NULL, false, true, &code), REJOIN_LOST);
}
