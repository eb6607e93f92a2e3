/* SPDX-License-Identifier: MIT */
/* Type=forking: the main process is one that was not spawned. */
#include "tests/unit/machine.h"

static void init(void)
{
	machine_init();
	config.type = SERVICE_FORKING;
}

TestSuite(forking, .init = init);

Test(forking, the_daemon_is_the_main_process)
{
	expect_text(step(EVENT_START, 0, true, 0), "control:main -> start @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 1), "seek -> start @90000");
	cr_expect(eq(int, (int)service.job, JOB_WAITING));
	expect_text(step(EVENT_MAIN_FOUND, 0, false, 2), "-> running");
	cr_expect(eq(int, (int)service.job, JOB_DONE));
	expect_text(step(EVENT_MAIN_EXIT, EXIT(3), true, 5), "-> failed");
	cr_expect(eq(int, service.main_status, EXIT(3)));
}

Test(forking, a_start_command_that_fails_is_a_failure)
{
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(1), true, 1), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_EXIT_CODE));
}

Test(forking, an_unknown_daemon_runs_as_long_as_any_process_does)
{
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 1);
	expect_text(step(EVENT_MAIN_MISSING, 0, false, 2), "-> running");
	expect_text(step(EVENT_EMPTY, 0, true, 9), "-> dead");
	cr_expect(eq(int, (int)service.result, RESULT_SUCCESS));
}

Test(forking, an_unknown_daemon_has_the_whole_time_to_stop)
{
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 1);
	step(EVENT_MAIN_MISSING, 0, false, 2);
	expect_text(step(EVENT_STOP, 0, false, 10), "signal-all:TERM -> stop-sigterm @90010");
	expect_text(step(EVENT_EMPTY, 0, true, 11), "-> dead");
}

Test(forking, the_pid_file_is_waited_for_while_somebody_can_write_it)
{
	config.pid_file = "/run/x.pid";
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 1);
	expect_text(step(EVENT_MAIN_MISSING, 0, false, 2), "-> start @90000");
	expect_text(step(EVENT_EMPTY, 0, true, 9), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_PROTOCOL));

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), true, 1);
	expect_text(step(EVENT_MAIN_MISSING, 0, true, 2), "-> failed");

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 1);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:TERM -> stop-sigterm @180000");
	expect_text(step(EVENT_EMPTY, 0, true, 90001), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
}

Test(forking, exec_start_post_may_write_the_pid_file)
{
	config.pid_file = "/run/x.pid";
	config.exec_start_post = &post;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 1),
		"seek control:post -> start-post @90001");
	expect_text(step(EVENT_MAIN_MISSING, 0, false, 1), "-> start-post @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 2), "seek -> start-post @90001");
	expect_text(step(EVENT_MAIN_FOUND, 0, false, 3), "-> running");
}

Test(forking, a_main_that_is_found_before_exec_start_post_ends_is_kept)
{
	config.pid_file = "/run/x.pid";
	config.exec_start_post = &post;
	step(EVENT_START, 0, true, 0);
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 1);
	expect_text(step(EVENT_MAIN_FOUND, 0, false, 2), "-> start-post @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 3), "-> running");
}

Test(forking, a_main_that_is_found_before_its_parent_ends_is_no_start_yet)
{
	config.pid_file = "/run/x.pid";
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_FOUND, 0, false, 1), "-> start @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(1), false, 2),
		"signal-all:TERM -> stop-sigterm @90002");
	cr_expect(eq(int, (int)service.result, RESULT_EXIT_CODE));
}
