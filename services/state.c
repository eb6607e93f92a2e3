/* SPDX-License-Identifier: MIT */
/*
 * The table: what each event does in each state. An empty cell means that the event means nothing
 * there. The order of states and their escalation are those of systemd's service.c, as documented
 * in systemd.service(5) and systemd.kill(5).
 */
#include "services/handlers.h"

#include <sys/wait.h>

#include "services/liveness.h"
#include "services/policy.h"

/* --- start ------------------------------------------------------------------------------- */

static void start(struct step *step, const struct service_event *event)
{
	step->service->job_start_ms = step->now_ms;
	enter_condition(step);
}

static void restart(struct step *step, const struct service_event *event)
{
	step->service->restarts++;
	enter_condition(step);
}

/* ExecCondition= of systemd.service(5): 1 to 254 skip the service, the rest is a failure. */
static void condition_control_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->command, event);

	if (result == RESULT_EXIT_CODE && WEXITSTATUS(event->status) < 255) {
		result = RESULT_CONDITION;
	}
	if (result != RESULT_SUCCESS) {
		note_exit(s, event, result);
		enter_signal(step, SERVICE_STOP_SIGTERM);
	} else if (!spawn_next_control(step)) {
		enter_start_pre(step);
	}
}

static void start_pre_control_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->command, event);

	if (result != RESULT_SUCCESS) {
		note_exit(s, event, result);
		enter_signal(step, SERVICE_STOP_SIGTERM);
	} else if (!spawn_next_control(step)) {
		enter_start(step);
	}
}

/* A oneshot's command ended; the others were to become ready first. */
static void start_main_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->main_command, event);

	if (s->config->type != SERVICE_ONESHOT && result == RESULT_SUCCESS) {
		result = RESULT_PROTOCOL;
	}
	note_exit(s, event, result);
	if (result != RESULT_SUCCESS) {
		enter_signal(step, SERVICE_STOP_SIGTERM);
	} else if (!spawn_next_main(step)) {
		enter_start_post(step);
	}
}

static void start_ready(struct step *step, const struct service_event *event)
{
	if (step->service->config->type == SERVICE_NOTIFY) {
		enter_started(step);
	}
}

static void start_probed(struct step *step, const struct service_event *event)
{
	step->service->probed = true;
	if (step->service->started) {
		enter_started(step);
	}
}

static void start_execed(struct step *step, const struct service_event *event)
{
	if (step->service->config->type == SERVICE_EXEC) {
		enter_started(step);
	}
}

/* TimeoutStartFailureMode= */
static void start_timeout(struct step *step, const struct service_event *event)
{
	enter_late(step, step->service->config->timeout_start_mode);
}

static void terminate_late(struct step *step, const struct service_event *event)
{
	enter_late(step, TIMEOUT_TERMINATE);
}

static void start_post_control_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->command, event);

	if (result != RESULT_SUCCESS) {
		note_exit(s, event, result);
		enter_signal(step, SERVICE_STOP_SIGTERM);
	} else if (spawn_next_control(step)) {
		return;
	} else if (s->config->pid_file && s->config->type == SERVICE_FORKING && !s->main_alive &&
		   !s->main_ended) {
		seek_main(step);
	} else {
		enter_running(step);
	}
}

/* --- run --------------------------------------------------------------------------------- */

static void running_main_exit(struct step *step, const struct service_event *event)
{
	note_main_exit(step, event);
	enter_running(step);
}

static void running_empty(struct step *step, const struct service_event *event)
{
	if (!step->service->main_alive) {
		enter_running(step);
	}
}

/* RuntimeMaxSec= or OutputTimeoutSec= is over. */
static void running_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	enter_stop(step);
}

static void running_reload(struct step *step, const struct service_event *event)
{
	if (!step->service->control_alive) {
		enter_reload(step);
	}
}

/* A reload that fails changes nothing about the service. */
static void reload_control_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;

	if (judge_exit(s, s->command, event) != RESULT_SUCCESS || !spawn_next_control(step)) {
		enter_running(step);
	}
}

static void reload_timeout(struct step *step, const struct service_event *event)
{
	kill_control(step);
	enter_running(step);
}

static void miss_watchdog(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_WATCHDOG);
	enter_signal(step, SERVICE_STOP_WATCHDOG);
}

static handler *const handlers[SERVICE_STATES][EVENT_KINDS] = {
	[SERVICE_DEAD][EVENT_START] = start,
	[SERVICE_FAILED][EVENT_START] = start,

	[SERVICE_CONDITION][EVENT_STOP] = stop_start,
	[SERVICE_CONDITION][EVENT_RESTART] = restart_start,
	[SERVICE_CONDITION][EVENT_KILL] = kill_now,
	[SERVICE_CONDITION][EVENT_CONTROL_EXIT] = condition_control_exit,
	[SERVICE_CONDITION][EVENT_TIMEOUT] = start_timeout,

	[SERVICE_START_PRE][EVENT_STOP] = stop_start,
	[SERVICE_START_PRE][EVENT_RESTART] = restart_start,
	[SERVICE_START_PRE][EVENT_KILL] = kill_now,
	[SERVICE_START_PRE][EVENT_CONTROL_EXIT] = start_pre_control_exit,
	[SERVICE_START_PRE][EVENT_TIMEOUT] = start_timeout,

	[SERVICE_START][EVENT_STOP] = stop_start,
	[SERVICE_START][EVENT_RESTART] = restart_start,
	[SERVICE_START][EVENT_KILL] = kill_now,
	[SERVICE_START][EVENT_MAIN_EXIT] = start_main_exit,
	[SERVICE_START][EVENT_CONTROL_EXIT] = forking_control_exit,
	[SERVICE_START][EVENT_MAIN_FOUND] = forking_main_found,
	[SERVICE_START][EVENT_MAIN_MISSING] = forking_main_missing,
	[SERVICE_START][EVENT_EMPTY] = forking_empty,
	[SERVICE_START][EVENT_READY] = start_ready,
	[SERVICE_START][EVENT_EXECED] = start_execed,
	[SERVICE_START][EVENT_PROBED] = start_probed,
	[SERVICE_START][EVENT_TIMEOUT] = start_timeout,
	[SERVICE_START][EVENT_WATCHDOG_TRIGGER] = miss_watchdog,
	[SERVICE_START][EVENT_SILENT] = terminate_late,

	[SERVICE_START_POST][EVENT_STOP] = stop_start,
	[SERVICE_START_POST][EVENT_RESTART] = restart_start,
	[SERVICE_START_POST][EVENT_KILL] = kill_now,
	[SERVICE_START_POST][EVENT_MAIN_EXIT] = note_main_exit,
	[SERVICE_START_POST][EVENT_CONTROL_EXIT] = start_post_control_exit,
	[SERVICE_START_POST][EVENT_MAIN_FOUND] = forking_main_found,
	[SERVICE_START_POST][EVENT_MAIN_MISSING] = forking_main_missing,
	[SERVICE_START_POST][EVENT_EMPTY] = forking_empty,
	[SERVICE_START_POST][EVENT_TIMEOUT] = start_timeout,
	[SERVICE_START_POST][EVENT_WATCHDOG_TRIGGER] = miss_watchdog,
	[SERVICE_START_POST][EVENT_SILENT] = terminate_late,

	[SERVICE_RUNNING][EVENT_STOP] = stop_running,
	[SERVICE_RUNNING][EVENT_RESTART] = restart_running,
	[SERVICE_RUNNING][EVENT_KILL] = kill_now,
	[SERVICE_RUNNING][EVENT_RELOAD] = running_reload,
	[SERVICE_RUNNING][EVENT_MAIN_EXIT] = running_main_exit,
	[SERVICE_RUNNING][EVENT_EMPTY] = running_empty,
	[SERVICE_RUNNING][EVENT_TIMEOUT] = running_timeout,
	[SERVICE_RUNNING][EVENT_STOPPING] = stop_by_itself,
	[SERVICE_RUNNING][EVENT_WATCHDOG_TRIGGER] = miss_watchdog,
	[SERVICE_RUNNING][EVENT_SILENT] = running_timeout,

	[SERVICE_RELOAD][EVENT_STOP] = stop_start,
	[SERVICE_RELOAD][EVENT_RESTART] = restart_start,
	[SERVICE_RELOAD][EVENT_KILL] = kill_now,
	[SERVICE_RELOAD][EVENT_MAIN_EXIT] = note_main_exit,
	[SERVICE_RELOAD][EVENT_CONTROL_EXIT] = reload_control_exit,
	[SERVICE_RELOAD][EVENT_TIMEOUT] = reload_timeout,
	[SERVICE_RELOAD][EVENT_STOPPING] = stop_by_itself,
	[SERVICE_RELOAD][EVENT_WATCHDOG_TRIGGER] = miss_watchdog,
	[SERVICE_RELOAD][EVENT_SILENT] = terminate_late,

	[SERVICE_EXITED][EVENT_STOP] = stop_running,
	[SERVICE_EXITED][EVENT_RESTART] = restart_running,
	[SERVICE_EXITED][EVENT_KILL] = kill_now,

	[SERVICE_STOP][EVENT_STOP] = stop_again,
	[SERVICE_STOP][EVENT_RESTART] = restart_stopping,
	[SERVICE_STOP][EVENT_KILL] = kill_now,
	[SERVICE_STOP][EVENT_MAIN_EXIT] = stop_main_exit,
	[SERVICE_STOP][EVENT_CONTROL_EXIT] = stop_control_exit,
	[SERVICE_STOP][EVENT_TIMEOUT] = stop_timeout,

	[SERVICE_STOP_WATCHDOG][EVENT_STOP] = stop_again,
	[SERVICE_STOP_WATCHDOG][EVENT_RESTART] = restart_stopping,
	[SERVICE_STOP_WATCHDOG][EVENT_KILL] = kill_now,
	[SERVICE_STOP_WATCHDOG][EVENT_MAIN_EXIT] = stop_main_exit,
	[SERVICE_STOP_WATCHDOG][EVENT_CONTROL_EXIT] = stop_signal_gone,
	[SERVICE_STOP_WATCHDOG][EVENT_EMPTY] = stop_signal_gone,
	[SERVICE_STOP_WATCHDOG][EVENT_TIMEOUT] = stop_watchdog_timeout,

	[SERVICE_STOP_SIGTERM][EVENT_STOP] = stop_again,
	[SERVICE_STOP_SIGTERM][EVENT_RESTART] = restart_stopping,
	[SERVICE_STOP_SIGTERM][EVENT_KILL] = kill_now,
	[SERVICE_STOP_SIGTERM][EVENT_MAIN_EXIT] = stop_main_exit,
	[SERVICE_STOP_SIGTERM][EVENT_CONTROL_EXIT] = stop_signal_gone,
	[SERVICE_STOP_SIGTERM][EVENT_EMPTY] = stop_signal_gone,
	[SERVICE_STOP_SIGTERM][EVENT_TIMEOUT] = stop_sigterm_timeout,

	[SERVICE_STOP_SIGKILL][EVENT_STOP] = stop_again,
	[SERVICE_STOP_SIGKILL][EVENT_RESTART] = restart_stopping,
	[SERVICE_STOP_SIGKILL][EVENT_MAIN_EXIT] = stop_main_exit,
	[SERVICE_STOP_SIGKILL][EVENT_CONTROL_EXIT] = stop_signal_gone,
	[SERVICE_STOP_SIGKILL][EVENT_EMPTY] = stop_signal_gone,
	[SERVICE_STOP_SIGKILL][EVENT_TIMEOUT] = stop_sigkill_timeout,

	[SERVICE_STOP_POST][EVENT_STOP] = stop_again,
	[SERVICE_STOP_POST][EVENT_RESTART] = restart_stopping,
	[SERVICE_STOP_POST][EVENT_KILL] = kill_final,
	[SERVICE_STOP_POST][EVENT_CONTROL_EXIT] = stop_post_control_exit,
	[SERVICE_STOP_POST][EVENT_TIMEOUT] = stop_post_timeout,

	[SERVICE_FINAL_WATCHDOG][EVENT_STOP] = stop_again,
	[SERVICE_FINAL_WATCHDOG][EVENT_RESTART] = restart_stopping,
	[SERVICE_FINAL_WATCHDOG][EVENT_KILL] = kill_final,
	[SERVICE_FINAL_WATCHDOG][EVENT_MAIN_EXIT] = final_exit,
	[SERVICE_FINAL_WATCHDOG][EVENT_CONTROL_EXIT] = final_exit,
	[SERVICE_FINAL_WATCHDOG][EVENT_EMPTY] = final_exit,
	[SERVICE_FINAL_WATCHDOG][EVENT_TIMEOUT] = final_watchdog_timeout,

	[SERVICE_FINAL_SIGTERM][EVENT_STOP] = stop_again,
	[SERVICE_FINAL_SIGTERM][EVENT_RESTART] = restart_stopping,
	[SERVICE_FINAL_SIGTERM][EVENT_KILL] = kill_final,
	[SERVICE_FINAL_SIGTERM][EVENT_MAIN_EXIT] = final_exit,
	[SERVICE_FINAL_SIGTERM][EVENT_CONTROL_EXIT] = final_exit,
	[SERVICE_FINAL_SIGTERM][EVENT_EMPTY] = final_exit,
	[SERVICE_FINAL_SIGTERM][EVENT_TIMEOUT] = final_sigterm_timeout,

	[SERVICE_FINAL_SIGKILL][EVENT_STOP] = stop_again,
	[SERVICE_FINAL_SIGKILL][EVENT_RESTART] = restart_stopping,
	[SERVICE_FINAL_SIGKILL][EVENT_MAIN_EXIT] = final_exit,
	[SERVICE_FINAL_SIGKILL][EVENT_CONTROL_EXIT] = final_exit,
	[SERVICE_FINAL_SIGKILL][EVENT_EMPTY] = final_exit,
	[SERVICE_FINAL_SIGKILL][EVENT_TIMEOUT] = final_sigkill_timeout,

	[SERVICE_AUTO_RESTART][EVENT_START] = restart,
	[SERVICE_AUTO_RESTART][EVENT_RESTART] = restart,
	[SERVICE_AUTO_RESTART][EVENT_STOP] = stop_waiting,
	[SERVICE_AUTO_RESTART][EVENT_KILL] = stop_waiting,
	[SERVICE_AUTO_RESTART][EVENT_TIMEOUT] = restart,
};

void service_init(struct service *service, const struct service_config *config)
{
	*service = (struct service) {
		.config = config,
		.deadline_ms = NEVER,
		.stop_cap_ms = NEVER,
		.running_ms = NEVER,
		.silent_ms = NEVER,
		.watchdog_ms = config->watchdog_ms,
	};
}

void service_step(struct service *service, const struct service_event *event, int64_t now_ms,
	struct service_actions *actions)
{
	struct step step = {
		.service = service,
		.actions = actions,
		.now_ms = now_ms,
		.empty = event->empty,
		.at_once = event->kind == EVENT_KILL,
		.unmet = event->unmet,
	};
	enum service_event_kind kind = liveness_judge(service, event, now_ms);
	handler *handle = handlers[service->state][kind];

	if (event->kind == EVENT_STOP || event->kind == EVENT_KILL) {
		service->stopping = true;
	} else if (event->kind == EVENT_MAIN_EXIT) {
		service->main_alive = false;
		service->main_status = event->status;
		service->main_ended = true;
	} else if (event->kind == EVENT_MAIN_FOUND) {
		service->main_alive = true;
		service->main_ran = service->main_begun = true;
		service->main_command = service->config->exec_start;
	} else if (event->kind == EVENT_CONTROL_EXIT) {
		service->control_alive = false;
	}
	if (handle) {
		handle(&step, event);
	}
	liveness_update(service, now_ms);
}
