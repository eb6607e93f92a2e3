/* SPDX-License-Identifier: MIT */
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "services/policy.h"
#include "services/service.h"
#include "tests/unit/expect.h"

#define EXIT(code)  ((code) << 8)
#define KILLED(sig) (sig)

static struct exec_command pre = { .path = "pre" };
static struct exec_command main_command = { .path = "main" };
static struct exec_command second = { .path = "second" };
static struct exec_command post = { .path = "post" };
static struct exec_command stop_command = { .path = "stop" };
static struct exec_command stop_post = { .path = "stop-post" };

static struct service_config config;
static struct service service;
static char trace[512];

static void init(void)
{
	config = (struct service_config) {
		.name = "x",
		.exec_start = &main_command,
		.timeout_start_ms = 90000,
		.timeout_stop_ms = 90000,
		.stop_grace_ms = 2000,
		.restart_ms = 100,
		.start_limit_interval_ms = 10000,
		.start_limit_burst = 5,
		.kill_signal = SIGTERM,
		.send_sigkill = true,
	};
	main_command.next = NULL;
	main_command.ignore_failure = false;
	service_init(&service, &config);
}

TestSuite(state, .init = init);

/* Applies an event and gives "actions -> state @deadline" to compare with. */
static const char *step(enum service_event_kind kind, int status, bool empty, int64_t now_ms)
{
	static const char *const kinds[] = { "main:", "control:", "signal-main:", "signal-all:" };
	const struct service_event event = { kind, status, empty };
	struct service_actions actions = { 0 };
	size_t used = 0;

	service_step(&service, &event, now_ms, &actions);
	for (size_t i = 0; i < actions.count; i++) {
		const struct service_action *a = &actions.items[i];
		const char *what = a->command             ? a->command->path
				   : a->signal == SIGTERM ? "TERM"
				   : a->signal == SIGKILL ? "KILL"
				   : a->signal == SIGHUP  ? "HUP"
							  : "other";

		used += (size_t)snprintf(
			trace + used, sizeof(trace) - used, "%s%s ", kinds[a->kind], what);
	}
	used += (size_t)snprintf(
		trace + used, sizeof(trace) - used, "-> %s", service_state_name(service.state));
	if (service.deadline_ms != NEVER) {
		snprintf(trace + used, sizeof(trace) - used, " @%lld",
			(long long)service.deadline_ms);
	}
	return trace;
}

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
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 1), "main:second -> start @90000");
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

	init();
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 1);
	expect_text(step(EVENT_KILL, 0, false, 2), "signal-all:KILL -> stop-sigkill @90002");
}

Test(state, restart_waits_and_starts_anew)
{
	config.restart = RESTART_ON_FAILURE;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGKILL), true, 1000), "-> auto-restart @1100");
	expect_text(step(EVENT_TIMEOUT, 0, true, 1100), "main:main -> running");
	cr_expect(eq(uint, service.restarts, 1));
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 2000), "-> dead");
}

Test(state, stop_during_the_wait_for_a_restart_is_immediate)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, EXIT(0), true, 1000);
	expect_text(step(EVENT_STOP, 0, true, 1010), "-> dead");
}

Test(state, a_stop_that_was_asked_for_is_not_restarted)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 10);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), true, 20), "-> dead");
}

Test(state, the_start_limit_ends_a_crash_loop)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	for (int64_t i = 1; i < 5; i++) {
		step(EVENT_MAIN_EXIT, EXIT(1), true, i * 200);
		expect_text(step(EVENT_TIMEOUT, 0, true, i * 200 + 100), "main:main -> running");
	}
	step(EVENT_MAIN_EXIT, EXIT(1), true, 1000);
	expect_text(step(EVENT_TIMEOUT, 0, true, 1100), "-> failed");
	cr_expect(eq(int, (int)service.result, RESULT_START_LIMIT_HIT));
	cr_expect(eq(int, service.main_status, EXIT(1)));
}

Test(state, the_start_limit_forgets_after_its_interval)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	for (int64_t i = 1; i < 20; i++) {
		step(EVENT_MAIN_EXIT, EXIT(1), true, i * 3000);
		expect_text(step(EVENT_TIMEOUT, 0, true, i * 3000 + 100), "main:main -> running");
	}
}

Test(state, the_start_job_waits_for_retries_within_the_start_timeout)
{
	config.type = SERVICE_NOTIFY;
	config.restart = RESTART_ON_FAILURE;
	config.start_limit_burst = 0;
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, EXIT(1), true, 10);
	cr_expect(eq(int, (int)service.job, JOB_WAITING));
	step(EVENT_TIMEOUT, 0, true, 110);
	step(EVENT_MAIN_EXIT, EXIT(1), true, 90001);
	cr_expect(eq(int, (int)service.job, JOB_FAILED));
	cr_expect(eq(int, (int)service.state, SERVICE_AUTO_RESTART));
}

struct restart_row {
	enum service_restart restart;
	bool wanted[5]; /* success, exit code, signal, timeout, protocol */
};

/* systemd.service(5), "Exit causes and the effect of the Restart= settings". */
Test(policy, restart_follows_systemds_table)
{
	static const struct restart_row rows[] = {
		{ RESTART_NO, { 0, 0, 0, 0, 0 } },
		{ RESTART_ALWAYS, { 1, 1, 1, 1, 1 } },
		{ RESTART_ON_SUCCESS, { 1, 0, 0, 0, 0 } },
		{ RESTART_ON_FAILURE, { 0, 1, 1, 1, 1 } },
		{ RESTART_ON_ABNORMAL, { 0, 0, 1, 1, 1 } },
		{ RESTART_ON_ABORT, { 0, 0, 1, 0, 0 } },
		{ RESTART_ON_WATCHDOG, { 0, 0, 0, 0, 0 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config.restart = rows[i].restart;
		for (int r = 0; r < 5; r++) {
			cr_expect(eq(int, policy_wants_restart(&config, (enum service_result)r),
				rows[i].wanted[r]));
		}
	}
}

Test(policy, clean_exits_are_systemds)
{
	init();
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(0)), RESULT_SUCCESS));
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(1)), RESULT_EXIT_CODE));
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGTERM)), RESULT_SUCCESS));
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGKILL)), RESULT_SIGNAL));
	config.success_exit_status.codes[0] |= 1 << 3;
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(3)), RESULT_SUCCESS));
	config.type = SERVICE_ONESHOT;
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGTERM)), RESULT_SIGNAL));
}
