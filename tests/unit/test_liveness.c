/* SPDX-License-Identifier: MIT */
/* Watchdog and extended time-outs, with a fake clock. */
#include <signal.h>

#include "conf/value.h"
#include "services/policy.h"
#include "services/service.h"
#include "tests/unit/expect.h"

static struct exec_command main_command = { .path = "main" };
static struct service_config config;
static struct service service;
static int signal_sent;

static void init(void)
{
	config = (struct service_config) {
		.name = "x",
		.type = SERVICE_NOTIFY,
		.exec_start = &main_command,
		.timeout_start_ms = 1000,
		.timeout_stop_ms = 1000,
		.runtime_max_ms = CONF_INFINITY,
		.kill_signal = SIGTERM,
		.final_kill_signal = SIGKILL,
		.send_sigkill = true,
		.watchdog_ms = 300,
		.watchdog_signal = SIGABRT,
	};
	service_init(&service, &config);
}

TestSuite(liveness, .init = init);

static void step_span(enum service_event_kind kind, int64_t span_ms, int64_t now_ms)
{
	const struct service_event event = {
		.kind = kind,
		.span_ms = span_ms,
		.empty = kind == EVENT_MAIN_EXIT,
	};
	struct service_actions actions = { 0 };

	signal_sent = 0;
	service_step(&service, &event, now_ms, &actions);
	for (size_t i = 0; i < actions.count; i++) {
		signal_sent = actions.items[i].signal;
	}
}

static void step(enum service_event_kind kind, int64_t now_ms)
{
	step_span(kind, 0, now_ms);
}

static void expect(enum service_state state, int64_t deadline_ms)
{
	cr_expect(eq(int, (int)service.state, (int)state));
	cr_expect(eq(long, service_deadline_ms(&service), deadline_ms));
}

Test(liveness, watchdog_counts_from_the_end_of_the_start)
{
	step(EVENT_START, 0);
	expect(SERVICE_START, 1000);
	step(EVENT_ALIVE, 100);
	expect(SERVICE_START, 1000);
	step(EVENT_READY, 500);
	expect(SERVICE_RUNNING, 800);
	step(EVENT_ALIVE, 700);
	expect(SERVICE_RUNNING, 1000);
}

Test(liveness, silence_is_answered_with_the_watchdogs_signal)
{
	step(EVENT_START, 0);
	step(EVENT_READY, 0);
	step(EVENT_TIMEOUT, 300);
	cr_expect(eq(int, signal_sent, SIGABRT));
	cr_expect(eq(int, (int)service.result, RESULT_WATCHDOG));
	expect(SERVICE_STOP_WATCHDOG, 1300);
	step(EVENT_TIMEOUT, 1300);
	cr_expect(eq(int, signal_sent, SIGKILL));
	expect(SERVICE_STOP_SIGKILL, 2300);
}

/* The sign of life and the timer may be seen together. */
Test(liveness, sign_of_life_just_before_the_timer_counts)
{
	step(EVENT_START, 0);
	step(EVENT_READY, 0);
	step(EVENT_ALIVE, 300);
	step(EVENT_TIMEOUT, 300);
	expect(SERVICE_RUNNING, 600);
}

Test(liveness, trigger_is_a_missed_watchdog)
{
	config.watchdog_ms = 0;
	service_init(&service, &config);
	step(EVENT_START, 0);
	step(EVENT_READY, 0);
	expect(SERVICE_RUNNING, NEVER);
	step(EVENT_WATCHDOG_TRIGGER, 10);
	cr_expect(eq(int, signal_sent, SIGABRT));
	cr_expect(eq(int, (int)service.result, RESULT_WATCHDOG));
}

Test(liveness, service_may_change_its_watchdog_until_its_next_run)
{
	config.restart = RESTART_ALWAYS;
	step(EVENT_START, 0);
	step_span(EVENT_WATCHDOG_SPAN, 5000, 10);
	step(EVENT_READY, 100);
	expect(SERVICE_RUNNING, 5100);
	step_span(EVENT_WATCHDOG_SPAN, 50, 200);
	expect(SERVICE_RUNNING, 250);
	step(EVENT_MAIN_EXIT, 210);
	cr_assert(eq(int, (int)service.state, SERVICE_AUTO_RESTART));
	step(EVENT_START, 400);
	step(EVENT_READY, 400);
	expect(SERVICE_RUNNING, 700);
}

Test(liveness, restart_honours_a_missed_watchdog)
{
	static const bool expected[] = {
		[RESTART_NO] = false,
		[RESTART_ON_SUCCESS] = false,
		[RESTART_ON_FAILURE] = true,
		[RESTART_ON_ABNORMAL] = true,
		[RESTART_ON_WATCHDOG] = true,
		[RESTART_ON_ABORT] = false,
		[RESTART_ALWAYS] = true,
	};

	for (size_t i = 0; i < sizeof(expected); i++) {
		config.restart = (enum service_restart)i;
		cr_expect(eq(int, policy_wants_restart(&config, RESULT_WATCHDOG), expected[i]));
	}
	config.restart = RESTART_ON_WATCHDOG;
	cr_expect(not(policy_wants_restart(&config, RESULT_SIGNAL)));
	cr_expect(not(policy_wants_restart(&config, RESULT_TIMEOUT)));
}

Test(liveness, more_time_is_only_ever_given)
{
	step(EVENT_START, 0);
	step_span(EVENT_EXTEND, 100, 10);
	expect(SERVICE_START, 1000);
	step_span(EVENT_EXTEND, 2000, 500);
	expect(SERVICE_START, 2500);
	step(EVENT_TIMEOUT, 1000);
	expect(SERVICE_START, 2500);
	step(EVENT_TIMEOUT, 2500);
	cr_expect(eq(int, signal_sent, SIGTERM));
	cr_expect(eq(int, (int)service.result, RESULT_TIMEOUT));
	step_span(EVENT_EXTEND, 5000, 3000);
	expect(SERVICE_STOP_SIGTERM, 8000);
}

Test(liveness, more_time_is_given_to_the_next_command_of_a_list_too)
{
	struct exec_command next = { .path = "next" }, first = { .path = "first", .next = &next };

	config.exec_start_pre = &first;
	step(EVENT_START, 0);
	step_span(EVENT_EXTEND, 3000, 500);
	expect(SERVICE_START_PRE, 3500);
	step(EVENT_CONTROL_EXIT, 3000);
	expect(SERVICE_START_PRE, 4000);
	step_span(EVENT_EXTEND, 3000, 3500);
	expect(SERVICE_START_PRE, 6500);
}

Test(liveness, more_time_ends_with_that_of_the_whole_stop)
{
	step(EVENT_START, 0);
	step(EVENT_READY, 0);
	service.stop_cap_ms = 700;
	step(EVENT_STOP, 100);
	expect(SERVICE_STOP_SIGTERM, 700);
	step_span(EVENT_EXTEND, 60000, 200);
	expect(SERVICE_STOP_SIGTERM, 700);
}

Test(liveness, what_stops_by_itself_gets_its_time_but_no_signal)
{
	step(EVENT_START, 0);
	step(EVENT_READY, 0);
	step(EVENT_STOPPING, 100);
	cr_expect(eq(int, signal_sent, 0));
	expect(SERVICE_STOP_SIGTERM, 1100);
	step(EVENT_TIMEOUT, 1100);
	cr_expect(eq(int, signal_sent, SIGKILL));
}
