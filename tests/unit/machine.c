/* SPDX-License-Identifier: MIT */
#include "tests/unit/machine.h"

#include <stdio.h>

#include "conf/value.h"

struct exec_command condition = { .path = "condition" };
struct exec_command reload = { .path = "reload" };
struct exec_command pre = { .path = "pre" };
struct exec_command main_command = { .path = "main" };
struct exec_command second = { .path = "second" };
struct exec_command post = { .path = "post" };
struct exec_command stop_command = { .path = "stop" };
struct exec_command stop_post = { .path = "stop-post" };

struct service_config config;
struct service service;

static char trace[512];

void machine_init(void)
{
	config = (struct service_config) {
		.name = "x",
		.exec_start = &main_command,
		.timeout_start_ms = 90000,
		.timeout_stop_ms = 90000,
		.runtime_max_ms = CONF_INFINITY,
		.stop_grace_ms = 2000,
		.restart_ms = 100,
		.start_limit_interval_ms = 10000,
		.start_limit_burst = 5,
		.restart_max_delay_ms = CONF_INFINITY,
		.kill_signal = SIGTERM,
		.final_kill_signal = SIGKILL,
		.send_sigkill = true,
	};
	main_command.next = NULL;
	main_command.ignore_failure = false;
	service_init(&service, &config);
}

const char *step(enum service_event_kind kind, int status, bool empty, int64_t now_ms)
{
	static const char *const kinds[] = { "main:", "control:", "seek",
		"signal-main:", "signal-control:", "signal-all:" };
	const struct service_event event = { kind, status, empty };
	struct service_actions actions = { 0 };
	size_t used = 0;

	service_step(&service, &event, now_ms, &actions);
	for (size_t i = 0; i < actions.count; i++) {
		const struct service_action *a = &actions.items[i];
		const char *what = a->command             ? a->command->path
				   : !a->signal           ? ""
				   : a->signal == SIGTERM ? "TERM"
				   : a->signal == SIGKILL ? "KILL"
				   : a->signal == SIGHUP  ? "HUP"
				   : a->signal == SIGQUIT ? "QUIT"
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
