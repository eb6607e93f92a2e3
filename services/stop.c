/* SPDX-License-Identifier: MIT */
/* What happens on the way down, as systemd.kill(5) has it. */
#include "services/handlers.h"

void stop_start(struct step *step, const struct service_event *event)
{
	enter_signal(step, SERVICE_STOP_SIGTERM);
}

void stop_running(struct step *step, const struct service_event *event)
{
	enter_stop(step);
}

/* A restart that was asked for is a stop that forgets to be the end. */
void restart_start(struct step *step, const struct service_event *event)
{
	step->service->restarting = true;
	enter_signal(step, SERVICE_STOP_SIGTERM);
}

void restart_running(struct step *step, const struct service_event *event)
{
	step->service->restarting = true;
	enter_stop(step);
}

void restart_stopping(struct step *step, const struct service_event *event)
{
	step->service->restarting = true;
}

void stop_by_itself(struct step *step, const struct service_event *event)
{
	enter_stop_by_itself(step);
}

/* The failure was to be put right by the restart; without that it is a service that was stopped. */
void stop_waiting(struct step *step, const struct service_event *event)
{
	enter_dead(step);
	step->service->state = SERVICE_DEAD;
}

/* Already on the way: only the time may have become shorter. */
void stop_again(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;

	if (s->deadline_ms > s->stop_cap_ms) {
		s->deadline_ms = s->stop_cap_ms;
	}
}

/* Main processes that end on their way down are judged too: a code of their own counts. */
void stop_main_exit(struct step *step, const struct service_event *event)
{
	note_main_exit(step, event);
	if (step->service->state == SERVICE_STOP || step->service->control_alive) {
		return;
	}
	enter_stop_post(step);
}

/* The next command of a list, or `state` behind the last or a failed one. */
static void go_on(struct step *step, const struct service_event *event, enum service_state state)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->command, event);

	note_exit(s, event, result);
	if (result != RESULT_SUCCESS || !spawn_next_control(step)) {
		enter_signal(step, state);
	}
}

void stop_control_exit(struct step *step, const struct service_event *event)
{
	go_on(step, event, SERVICE_STOP_SIGTERM);
}

void stop_signal_gone(struct step *step, const struct service_event *event)
{
	if (!step->service->main_alive && !step->service->control_alive) {
		enter_stop_post(step);
	}
}

/* TimeoutStopFailureMode= */
void stop_timeout(struct step *step, const struct service_event *event)
{
	enter_late(step, step->service->config->timeout_stop_mode);
}

void stop_watchdog_timeout(struct step *step, const struct service_event *event)
{
	enter_late(step, TIMEOUT_KILL);
}

void stop_sigterm_timeout(struct step *step, const struct service_event *event)
{
	bool dumps = step->service->config->timeout_stop_mode == TIMEOUT_ABORT;

	enter_late(step, dumps ? TIMEOUT_ABORT : TIMEOUT_KILL);
}

/* Survives SIGKILL: it hangs in the kernel, nothing more can be done about it. */
void stop_sigkill_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	enter_stop_post(step);
}

void stop_post_control_exit(struct step *step, const struct service_event *event)
{
	go_on(step, event, SERVICE_FINAL_SIGTERM);
}

void stop_post_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	switch (step->service->config->timeout_stop_mode) {
	case TIMEOUT_TERMINATE:
		enter_signal(step, SERVICE_FINAL_SIGTERM);
		break;
	case TIMEOUT_ABORT:
		enter_signal(step, SERVICE_FINAL_WATCHDOG);
		break;
	case TIMEOUT_KILL:
		enter_final_kill(step);
		break;
	}
}

void final_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	bool whole =
		s->config->kill_mode == KILL_CONTROL_GROUP || s->config->kill_mode == KILL_MIXED;

	if (!s->main_alive && !s->control_alive && (step->empty || !whole)) {
		enter_dead(step);
	}
}

void final_watchdog_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	enter_final_kill(step);
}

void final_sigterm_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	if (step->service->config->timeout_stop_mode == TIMEOUT_ABORT) {
		enter_signal(step, SERVICE_FINAL_WATCHDOG);
	} else {
		enter_final_kill(step);
	}
}

void final_sigkill_timeout(struct step *step, const struct service_event *event)
{
	note_result(step->service, RESULT_TIMEOUT);
	enter_dead(step);
}

void kill_now(struct step *step, const struct service_event *event)
{
	enter_signal(step, SERVICE_STOP_SIGKILL);
}

void kill_final(struct step *step, const struct service_event *event)
{
	enter_signal(step, SERVICE_FINAL_SIGKILL);
}
