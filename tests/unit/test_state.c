/* SPDX-License-Identifier: MIT */
/* Start, run and stop of one service. */
#include "tests/unit/machine.h"

TestSuite(state, .init = machine_init);

Test(state, simple_runs_at_once_and_ends_with_its_main_process)
{
	expect_text(step(EVENT_START, 0, true, 0), "main:main -> running");
	cr_expect(eq(int, (int)service.job, JOB_DONE));
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 5), "-> dead");
	cr_expect(eq(int, (int)service.result, RESULT_SUCCESS));
}

Test(state, simple_that_fails_is_failed)
{
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(3), true, 5), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_EXIT_CODE));
	cr_expect(eq(int, service.main_status, EXIT(3)));
}

Test(state, notify_is_started_by_ready_alone)
{
	config.type = SERVICE_NOTIFY;
	expect_text(step(EVENT_START, 0, true, 1000), "main:main -> start @91000");
	cr_expect(eq(int, (int)service.job, JOB_WAITING));
	expect_text(step(EVENT_EXECED, 0, false, 1001), "-> start @91000");
	expect_text(step(EVENT_READY, 0, false, 1500), "-> running");
	cr_expect(eq(int, (int)service.job, JOB_DONE));
	expect_text(step(EVENT_READY, 0, false, 1600), "-> running");
}

Test(state, notify_that_exits_before_ready_has_failed_even_with_code_0)
{
	config.type = SERVICE_NOTIFY;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 5), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_PROTOCOL));
	cr_expect(eq(int, (int)service.job, JOB_FAILED));
}

Test(state, start_timeout_stops_the_service_and_fails_the_job)
{
	config.type = SERVICE_NOTIFY;
	step(EVENT_START, 0, true, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:TERM -> stop-sigterm @180000");
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), true, 90010), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
	cr_expect(eq(int, (int)service.job, JOB_FAILED));
}

Test(state, exec_is_started_by_execve)
{
	config.type = SERVICE_EXEC;
	step(EVENT_START, 0, true, 0);
	cr_expect(eq(int, (int)service.job, JOB_WAITING));
	expect_text(step(EVENT_EXECED, 0, false, 1), "-> running");
}

Test(state, oneshot_runs_its_commands_in_turn_and_is_done_at_the_end)
{
	config.type = SERVICE_ONESHOT;
	config.timeout_start_ms = NEVER;
	main_command.next = &second;
	expect_text(step(EVENT_START, 0, true, 0), "main:main -> start");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 1), "main:second -> start");
	cr_expect(eq(int, (int)service.job, JOB_WAITING));
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 2), "-> dead");
	cr_expect(eq(int, (int)service.job, JOB_DONE));
}

Test(state, oneshot_stops_at_the_first_failure_unless_it_is_ignored)
{
	config.type = SERVICE_ONESHOT;
	main_command.next = &second;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 1), "-> failed");
	cr_expect(eq(int, (int)service.job, JOB_FAILED));

	main_command.ignore_failure = true;
	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 1), "main:second -> start @90001");
}

Test(state, each_command_of_a_list_has_the_whole_time)
{
	struct exec_command next = { .path = "next" }, first = { .path = "first", .next = &next };

	config.type = SERVICE_ONESHOT;
	config.remain_after_exit = true;
	config.exec_start_pre = config.exec_stop = config.exec_stop_post = &first;
	main_command.next = &second;
	expect_text(step(EVENT_START, 0, true, 0), "control:first -> start-pre @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 40000),
		"control:next -> start-pre @130000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 80000), "main:main -> start @170000");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 120000), "main:second -> start @210000");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 160000), "-> exited");
	config.timeout_stop_ms = 50000;
	expect_text(step(EVENT_STOP, 0, true, 200000), "control:first -> stop @250000");
	expect_text(
		step(EVENT_CONTROL_EXIT, EXIT(0), true, 240000), "control:next -> stop @290000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 280000),
		"control:first -> stop-post @330000");
	service.stop_cap_ms = 340000;
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 320000),
		"control:next -> stop-post @340000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 330000), "-> dead");
}

Test(state, oneshot_remains_after_exit)
{
	config.type = SERVICE_ONESHOT;
	config.remain_after_exit = true;
	config.exec_stop = &stop_command;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 1), "-> exited");
	cr_expect(eq(int, (int)service.job, JOB_DONE));
	expect_text(step(EVENT_STOP, 0, true, 2), "control:stop -> stop @90002");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 3), "-> dead");
}

Test(state, all_command_lists_run_in_systemds_order)
{
	config.exec_start_pre = &pre;
	config.exec_start_post = &post;
	config.exec_stop = &stop_command;
	config.exec_stop_post = &stop_post;
	expect_text(step(EVENT_START, 0, true, 0), "control:pre -> start-pre @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 1),
		"main:main control:post -> start-post @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 2), "-> running");
	expect_text(step(EVENT_STOP, 0, false, 3), "control:stop -> stop @90003");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), false, 4),
		"signal-all:TERM -> stop-sigterm @90004");
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), true, 5),
		"control:stop-post -> stop-post @90005");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 6), "-> dead");
	cr_expect(eq(int, service.main_status, KILLED(SIGTERM)));
}

Test(state, failed_start_pre_never_runs_main_but_cleans_up)
{
	config.exec_start_pre = &pre;
	config.exec_stop_post = &stop_post;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(7), true, 1),
		"control:stop-post -> stop-post @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 2), "-> failed");
	cr_expect(not(service.main_ran));
	cr_expect(eq(int, service.failed_status, EXIT(7)));
}

Test(state, only_a_daemon_ends_well_by_a_signal_to_stop)
{
	config.exec_start_pre = &pre;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGTERM), true, 1), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_SIGNAL));
}

Test(state, main_that_ends_during_start_post_is_remembered)
{
	config.exec_start_post = &post;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(2), false, 1), "-> start-post @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 2), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_EXIT_CODE));
}

Test(state, stop_escalates_to_sigkill)
{
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_STOP, 0, false, 10), "signal-all:TERM -> stop-sigterm @90010");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90010), "signal-all:KILL -> stop-sigkill @180010");
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGKILL), true, 90011), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
}

Test(state, send_sighup_follows_the_kill_signal)
{
	config.send_sighup = true;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_STOP, 0, false, 10),
		"signal-all:TERM signal-all:HUP -> stop-sigterm @90010");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90010), "signal-all:KILL -> stop-sigkill @180010");
}

Test(state, a_stop_cap_bounds_every_deadline)
{
	step(EVENT_START, 0, true, 0);
	service.stop_cap_ms = 5000;
	expect_text(step(EVENT_STOP, 0, false, 10), "signal-all:TERM -> stop-sigterm @5000");
	service.stop_cap_ms = 1000;
	expect_text(step(EVENT_STOP, 0, false, 20), "-> stop-sigterm @1000");
}

Test(state, the_leader_gone_its_helpers_get_the_grace_and_no_more)
{
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 10);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), false, 20),
		"signal-all:TERM -> final-sigterm @2020");
	expect_text(step(EVENT_EMPTY, 0, true, 30), "-> dead");
}

Test(state, stragglers_of_a_main_that_ended_by_itself_are_stopped_too)
{
	step(EVENT_START, 0, true, 0);
	expect_text(
		step(EVENT_MAIN_EXIT, EXIT(0), false, 20), "signal-all:TERM -> stop-sigterm @2020");
	expect_text(step(EVENT_TIMEOUT, 0, false, 2020), "signal-all:KILL -> stop-sigkill @92020");
	expect_text(step(EVENT_EMPTY, 0, true, 2021), "-> failed");
}

Test(state, what_survives_sigkill_is_given_up)
{
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	step(EVENT_TIMEOUT, 0, false, 90000);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 180000), "signal-all:TERM -> final-sigterm @270000");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 270000), "signal-all:KILL -> final-sigkill @360000");
	expect_text(step(EVENT_TIMEOUT, 0, false, 360000), "-> failed");
}

Test(state, kill_mode_mixed_terms_main_and_kills_the_rest)
{
	config.kill_mode = KILL_MIXED;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_STOP, 0, false, 0), "signal-main:TERM -> stop-sigterm @90000");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), false, 5),
		"signal-all:KILL -> final-sigkill @90005");
	expect_text(step(EVENT_EMPTY, 0, true, 6), "-> dead");
}

Test(state, kill_mode_process_leaves_the_rest_alone)
{
	config.kill_mode = KILL_PROCESS;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_STOP, 0, false, 0), "signal-main:TERM -> stop-sigterm @90000");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), false, 5), "-> dead");
}

Test(state, send_sigkill_no_gives_up_without_it)
{
	config.send_sigkill = false;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:TERM -> final-sigterm @180000");
	expect_text(step(EVENT_TIMEOUT, 0, false, 180000), "-> failed");
}

Test(state, stop_during_the_start_never_spawns_more)
{
	config.exec_start_pre = &pre;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_STOP, 0, false, 1), "signal-all:TERM -> stop-sigterm @90001");
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGTERM), true, 2), "-> dead");
	cr_expect(not(service.main_ran));
	cr_expect(eq(int, (int)service.job, JOB_FAILED));
}

Test(state, kill_goes_to_sigkill_from_anywhere)
{
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_KILL, 0, false, 1), "signal-all:KILL -> stop-sigkill @90001");

	machine_init();
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 1);
	expect_text(step(EVENT_KILL, 0, false, 2), "signal-all:KILL -> stop-sigkill @90002");
}

Test(state, the_final_kill_signal_is_for_timeouts_not_for_those_in_a_hurry)
{
	config.final_kill_signal = SIGQUIT;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:QUIT -> stop-sigkill @180000");

	machine_init();
	config.final_kill_signal = SIGQUIT;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_KILL, 0, false, 1), "signal-all:KILL -> stop-sigkill @90001");
}

Test(state, the_longest_run_ends_by_timeout)
{
	config.runtime_max_ms = 5000;
	config.exec_stop = &stop_command;
	expect_text(step(EVENT_START, 0, true, 10), "main:main -> running @5010");
	expect_text(step(EVENT_TIMEOUT, 0, false, 5010), "control:stop -> stop @95010");
	step(EVENT_CONTROL_EXIT, EXIT(0), false, 5020);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), true, 5030), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
	cr_expect(eq(int, (int)service.job, JOB_DONE));
}

Test(state, a_start_that_takes_too_long_ends_as_told)
{
	config.type = SERVICE_NOTIFY;
	config.watchdog_signal = SIGQUIT;
	config.timeout_start_mode = TIMEOUT_ABORT;
	config.timeout_abort_ms = 5000;
	step(EVENT_START, 0, true, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:QUIT -> stop-watchdog @95000");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 95000), "signal-all:KILL -> stop-sigkill @185000");

	config.timeout_start_mode = TIMEOUT_KILL;
	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:KILL -> stop-sigkill @180000");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
}

Test(state, a_stop_that_takes_too_long_goes_on_as_told)
{
	config.watchdog_signal = SIGQUIT;
	config.exec_stop = &stop_command;
	config.exec_stop_post = &stop_post;
	config.timeout_stop_mode = TIMEOUT_ABORT;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:QUIT -> stop-watchdog @180000");
	expect_text(
		step(EVENT_MAIN_EXIT, KILLED(SIGQUIT), false, 90001), "-> stop-watchdog @180000");
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGQUIT), true, 90002),
		"control:stop-post -> stop-post @180002");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 180002), "signal-all:QUIT -> final-watchdog @270002");
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 270002), "signal-all:KILL -> final-sigkill @360002");
}

Test(state, a_signal_that_does_not_help_is_followed_as_told)
{
	config.watchdog_signal = SIGQUIT;
	config.timeout_stop_mode = TIMEOUT_ABORT;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:QUIT -> stop-watchdog @180000");

	config.timeout_stop_mode = TIMEOUT_KILL;
	config.send_sigkill = false;
	config.exec_stop = &stop_command;
	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 0);
	expect_text(
		step(EVENT_TIMEOUT, 0, false, 90000), "signal-all:TERM -> final-sigterm @180000");
}

Test(state, exec_condition_comes_first_and_may_skip_the_service)
{
	config.exec_condition = &condition;
	config.exec_start_pre = &pre;
	config.exec_stop_post = &stop_post;
	config.restart = RESTART_ALWAYS;
	expect_text(step(EVENT_START, 0, true, 0), "control:condition -> condition @90000");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 1), "control:pre -> start-pre @90001");

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(254), true, 1),
		"control:stop-post -> stop-post @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 2), "-> dead");
	cr_expect(eq(int, (int)service.result, RESULT_CONDITION));
	cr_expect(eq(int, (int)service.job, JOB_DONE));
}

Test(state, exec_condition_fails_by_255_by_a_signal_and_by_timeout)
{
	config.exec_condition = &condition;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(255), true, 1), "-> failed");
	cr_expect(eq(int, (int)service.job, JOB_FAILED));

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGSEGV), true, 1), "-> failed");

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	step(EVENT_TIMEOUT, 0, false, 90000);
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGTERM), true, 90001), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
}

Test(state, a_reload_runs_its_command_and_changes_nothing)
{
	config.exec_reload = &reload;
	config.runtime_max_ms = 100000;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_RELOAD, 0, false, 1), "control:reload -> reload @90001");
	expect_text(step(EVENT_RELOAD, 0, false, 2), "-> reload @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(1), false, 3), "-> running @100000");
	step(EVENT_RELOAD, 0, false, 5);
	expect_text(step(EVENT_TIMEOUT, 0, false, 90005), "signal-control:KILL -> running @100000");
	expect_text(step(EVENT_RELOAD, 0, false, 90006), "-> running @100000");
	expect_text(step(EVENT_CONTROL_EXIT, KILLED(SIGKILL), false, 90007), "-> running @100000");
	cr_expect(eq(int, (int)service.result, RESULT_SUCCESS));
}

Test(state, a_main_that_ends_during_a_reload_is_judged_after_it)
{
	config.exec_reload = &reload;
	step(EVENT_START, 0, true, 0);
	step(EVENT_RELOAD, 0, false, 1);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(3), false, 2), "-> reload @90001");
	expect_text(step(EVENT_CONTROL_EXIT, EXIT(0), true, 3), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_EXIT_CODE));
}
