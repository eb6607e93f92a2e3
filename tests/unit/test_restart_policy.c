/* SPDX-License-Identifier: MIT */
/* What is started again, when, and how often. */
#include "conf/value.h"
#include "services/policy.h"
#include "tests/unit/machine.h"

TestSuite(restart_policy, .init = machine_init);
TestSuite(policy, .init = machine_init);

Test(restart_policy, restart_waits_and_starts_anew)
{
	config.restart = RESTART_ON_FAILURE;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGKILL), true, 1000), "-> auto-restart @1100");
	expect_text(step(EVENT_TIMEOUT, 0, true, 1100), "main:main -> running");
	cr_expect(eq(uint, service.restarts, 1));
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 2000), "-> dead");
}

Test(restart_policy, stop_during_the_wait_for_a_restart_is_immediate)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, EXIT(0), true, 1000);
	expect_text(step(EVENT_STOP, 0, true, 1010), "-> dead");
}

Test(restart_policy, a_stop_that_was_asked_for_is_not_restarted)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	step(EVENT_STOP, 0, false, 10);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGTERM), true, 20), "-> dead");
}

Test(restart_policy, the_start_limit_ends_a_crash_loop)
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

Test(restart_policy, the_start_limit_forgets_after_its_interval)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0, true, 0);
	for (int64_t i = 1; i < 20; i++) {
		step(EVENT_MAIN_EXIT, EXIT(1), true, i * 3000);
		expect_text(step(EVENT_TIMEOUT, 0, true, i * 3000 + 100), "main:main -> running");
	}
}

Test(restart_policy, the_start_job_waits_for_retries_within_the_start_timeout)
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

/* Has it run once, and then begins another attempt with conditions that are not met. */
static void begin_unmet(enum service_result unmet)
{
	const struct service_event again = { .kind = EVENT_TIMEOUT, .empty = true, .unmet = unmet };
	struct service_actions actions = { 0 };

	config.restart = RESTART_ON_FAILURE;
	config.type = SERVICE_ONESHOT;
	step(EVENT_START, 0, true, 0);
	cr_expect(not(service_begins(&service, EVENT_TIMEOUT)));
	step(EVENT_MAIN_EXIT, EXIT(1), true, 0);
	cr_expect(service_begins(&service, EVENT_TIMEOUT));
	cr_expect(service_begins(&service, EVENT_RESTART));
	cr_expect(not(service_begins(&service, EVENT_STOP)));
	service_step(&service, &again, 100, &actions);
	cr_expect(eq(sz, actions.count, 0));
	cr_expect(eq(int, (int)service.result, (int)unmet));
	cr_expect(eq(i64, service.deadline_ms, NEVER));
	cr_expect(eq(uint, service.restarts, 1));
}

Test(restart_policy, a_restart_whose_conditions_are_not_met_is_skipped)
{
	begin_unmet(RESULT_CONDITION);
	cr_expect(eq(int, (int)service.state, SERVICE_DEAD));
	cr_expect(eq(int, (int)service.job, JOB_DONE));
}

Test(restart_policy, a_restart_whose_assertions_are_not_met_has_failed)
{
	begin_unmet(RESULT_ASSERT);
	cr_expect(eq(int, (int)service.state, SERVICE_FAILED));
	cr_expect(eq(int, (int)service.job, JOB_FAILED));
}

Test(restart_policy, back_off_grows_in_steps_and_is_short_again_after_a_stable_run)
{
	config.restart = RESTART_ALWAYS;
	config.restart_steps = 2;
	config.restart_max_delay_ms = 10000;
	config.start_limit_burst = 0;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 0), "-> auto-restart @100");
	step(EVENT_TIMEOUT, 0, true, 100);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 100), "-> auto-restart @1100");
	step(EVENT_TIMEOUT, 0, true, 1100);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 2000), "-> auto-restart @12000");
	step(EVENT_TIMEOUT, 0, true, 12000);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 21999), "-> auto-restart @31999");
	step(EVENT_TIMEOUT, 0, true, 32000);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 42000), "-> auto-restart @42100");
}

Test(restart_policy, a_start_that_fails_is_no_stable_run)
{
	config.type = SERVICE_NOTIFY;
	config.restart = RESTART_ALWAYS;
	config.restart_steps = 2;
	config.restart_max_delay_ms = 10000;
	step(EVENT_START, 0, true, 0);
	step(EVENT_MAIN_EXIT, EXIT(1), true, 20000);
	step(EVENT_TIMEOUT, 0, true, 20100);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(1), true, 40100), "-> auto-restart @41100");
}

Test(restart_policy, a_restart_that_is_asked_for_stops_and_starts_at_once)
{
	config.restart_kill_signal = SIGQUIT;
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_RESTART, 0, false, 10), "signal-all:QUIT -> stop-sigterm @90010");
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGQUIT), true, 20), "-> auto-restart @20");
	expect_text(step(EVENT_TIMEOUT, 0, true, 20), "main:main -> running");
	expect_text(step(EVENT_STOP, 0, false, 30), "signal-all:TERM -> stop-sigterm @90030");
	expect_text(step(EVENT_RESTART, 0, false, 31), "-> stop-sigterm @90030");
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 40), "-> dead");
}

Test(restart_policy, an_exit_status_can_prevent_or_force_a_restart)
{
	config.restart = RESTART_ON_FAILURE;
	config.restart_prevent_exit_status =
		&(struct exit_status_set) { .codes = { 1 << 3 }, .signals = 1 << (SIGABRT - 1) };
	config.restart_force_exit_status =
		&(struct exit_status_set) { .codes = { 1 << 0 | 1 << 3 } };
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(0), true, 1), "-> auto-restart @101");
	step(EVENT_TIMEOUT, 0, true, 101);
	expect_text(step(EVENT_MAIN_EXIT, EXIT(3), true, 102), "-> failed");

	service_init(&service, &config);
	step(EVENT_START, 0, true, 0);
	expect_text(step(EVENT_MAIN_EXIT, KILLED(SIGABRT), true, 1), "-> failed");
}

Test(policy, back_off_is_systemds_geometric_row)
{
	static const int64_t expected_ms[] = { 1000, 2000, 4000, 8000, 16000, 16000 };

	config.restart_ms = 1000;
	config.restart_max_delay_ms = 16000;
	config.restart_steps = 4;
	for (int64_t i = 0; i < 6; i++) {
		cr_expect(eq(i64, policy_restart_delay_ms(&config, i + 1), expected_ms[i]));
	}
	cr_expect(eq(i64, policy_restart_delay_ms(&config, INT64_MAX), 16000));
	config.restart_steps = INT32_MAX;
	config.restart_max_delay_ms = INT64_MAX - 1;
	cr_expect(eq(i64, policy_restart_delay_ms(&config, 2), 1000));
	config.restart_steps = 0;
	cr_expect(eq(i64, policy_restart_delay_ms(&config, 9), 1000));
}

struct restart_row {
	enum service_restart restart;
	bool wanted[6]; /* success, exit code, signal, core dump, timeout, protocol */
};

/* systemd.service(5), "Exit causes and the effect of the Restart= settings". */
Test(policy, restart_follows_systemds_table)
{
	static const struct restart_row rows[] = {
		{ RESTART_NO, { 0, 0, 0, 0, 0, 0 } },
		{ RESTART_ALWAYS, { 1, 1, 1, 1, 1, 1 } },
		{ RESTART_ON_SUCCESS, { 1, 0, 0, 0, 0, 0 } },
		{ RESTART_ON_FAILURE, { 0, 1, 1, 1, 1, 1 } },
		{ RESTART_ON_ABNORMAL, { 0, 0, 1, 1, 1, 1 } },
		{ RESTART_ON_ABORT, { 0, 0, 1, 1, 0, 0 } },
		{ RESTART_ON_WATCHDOG, { 0, 0, 0, 0, 0, 0 } },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		config.restart = rows[i].restart;
		for (int r = 0; r < 6; r++) {
			cr_expect(eq(int, policy_wants_restart(&config, (enum service_result)r),
				rows[i].wanted[r]));
		}
	}
}

Test(policy, clean_exits_are_systemds)
{
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(0), true), RESULT_SUCCESS));
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(1), true), RESULT_EXIT_CODE));
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGTERM), true), RESULT_SUCCESS));
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGKILL), true), RESULT_SIGNAL));
	static struct exit_status_set three = { .codes = { 1 << 3 } };
	config.success_exit_status = &three;
	cr_expect(eq(int, (int)policy_judge_exit(&config, EXIT(3), true), RESULT_SUCCESS));
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGTERM), false), RESULT_SIGNAL));
}

Test(policy, core_dump_is_never_a_clean_exit)
{
	static struct exit_status_set aborts = { .signals = UINT64_C(1) << (SIGABRT - 1) };

	config.success_exit_status = &aborts;
	cr_expect(eq(int, (int)policy_judge_exit(&config, KILLED(SIGABRT), true), RESULT_SUCCESS));
	cr_expect(
		eq(int, (int)policy_judge_exit(&config, DUMPED(SIGABRT), true), RESULT_CORE_DUMP));
	expect_text(service_result_name(RESULT_CORE_DUMP), "core-dump");
}
