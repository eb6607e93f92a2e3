/* SPDX-License-Identifier: MIT */
/* Which of several attempts of Main= decides the exit code. */
#include <sysexits.h>

#include "services/supervisor.h"
#include "tests/unit/machine.h"

static void init(void)
{
	machine_init();
	config.restart = RESTART_ALWAYS;
	config.start_limit_burst = 2;
	config.exec_start_pre = &pre;
}

TestSuite(verdict, .init = init);

static int exit_code(enum stop_cause cause, int signal)
{
	struct supervisor s = { .services = &service, .cause = cause, .stop_signal = signal };
	ssize_t index;

	return supervisor_exit_code(&s, &index);
}

/* One attempt from its start at `now_ms` to the end of its main process. */
static void run(enum service_event_kind begin, int status, int64_t now_ms)
{
	step(begin, 0, true, now_ms);
	step(EVENT_CONTROL_EXIT, EXIT(0), true, now_ms + 1);
	step(EVENT_MAIN_EXIT, status, true, now_ms + 2);
}

/* One that ends before its main process, with code 7. */
static void fail_before(enum service_event_kind begin, int64_t now_ms)
{
	step(begin, 0, true, now_ms);
	step(EVENT_CONTROL_EXIT, EXIT(7), true, now_ms + 1);
}

Test(verdict, an_attempt_that_fails_before_main_ends_with_its_own_code)
{
	config.restart = RESTART_ON_SUCCESS;
	run(EVENT_START, EXIT(0), 0);
	fail_before(EVENT_TIMEOUT, 200);
	cr_expect(eq(int, (int)service.state, SERVICE_FAILED));
	cr_expect(eq(int, exit_code(STOP_MAIN, 0), 7));
}

Test(verdict, a_start_limit_behind_attempts_without_a_main_process_is_69)
{
	run(EVENT_START, EXIT(0), 0);
	fail_before(EVENT_TIMEOUT, 200);
	expect_text(step(EVENT_TIMEOUT, 0, true, 400), "-> failed");
	cr_expect(eq(int, exit_code(STOP_MAIN, 0), EX_UNAVAILABLE));
}

Test(verdict, a_start_limit_leaves_the_code_of_the_last_run)
{
	run(EVENT_START, EXIT(0), 0);
	run(EVENT_TIMEOUT, EXIT(6), 200);
	expect_text(step(EVENT_TIMEOUT, 0, true, 400), "-> failed");
	cr_expect(eq(int, exit_code(STOP_MAIN, 0), 6));
}

Test(verdict, an_attempt_that_is_skipped_leaves_the_code_of_the_last_run)
{
	config.exec_start_pre = NULL;
	config.exec_condition = &condition;
	run(EVENT_START, EXIT(6), 0);
	step(EVENT_TIMEOUT, 0, true, 200);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(1), true, 201), "-> dead");
	cr_expect(eq(int, exit_code(STOP_MAIN, 0), 6));
}

Test(verdict, a_later_attempt_that_ends_with_0_before_it_was_ready_is_69)
{
	config.type = SERVICE_NOTIFY;
	config.restart = RESTART_ON_SUCCESS;
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), true, 1);
	step(EVENT_READY, 0, false, 2);
	step(EVENT_MAIN_EXIT, EXIT(0), true, 3);
	run(EVENT_TIMEOUT, EXIT(0), 200);
	cr_expect(eq(int, (int)service.result, RESULT_PROTOCOL));
	cr_expect(eq(int, exit_code(STOP_MAIN, 0), EX_UNAVAILABLE));
}

Test(verdict, a_stop_asked_for_before_a_later_main_process_is_143)
{
	run(EVENT_START, EXIT(0), 0);
	step(EVENT_TIMEOUT, 0, true, 200);
	step(EVENT_STOP, 0, false, 201);
	step(EVENT_CONTROL_EXIT, KILLED(SIGTERM), true, 202);
	cr_expect(eq(int, exit_code(STOP_SIGNAL, SIGTERM), 143));
}

Test(verdict, a_stop_asked_for_behind_the_failure_of_main_does_not_hide_it)
{
	config.restart = RESTART_NO;
	fail_before(EVENT_START, 0);
	cr_expect(eq(int, exit_code(STOP_MAIN, SIGTERM), 7));
}
