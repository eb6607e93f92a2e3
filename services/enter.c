/* SPDX-License-Identifier: MIT */
#include "services/handlers.h"

#include <assert.h>

#include "services/policy.h"

static int64_t after(int64_t now_ms, int64_t span_ms)
{
	return span_ms >= NEVER - now_ms ? NEVER : now_ms + span_ms;
}

static int64_t earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static void set_start_deadline(struct step *step)
{
	step->service->deadline_ms = after(step->now_ms, step->service->config->timeout_start_ms);
}

static void set_stop_deadline(struct step *step, int64_t span_ms)
{
	struct service *s = step->service;

	s->deadline_ms = earlier(after(step->now_ms, span_ms), s->stop_cap_ms);
}

/* systemd.service(5): each command of a list has the whole time. */
static void renew_deadline(struct step *step)
{
	if (service_is_stopping(step->service->state)) {
		set_stop_deadline(step, step->service->config->timeout_stop_ms);
	} else {
		set_start_deadline(step);
	}
}

static void act(struct step *step, struct service_action action)
{
	assert(step->actions->count <
		sizeof(step->actions->items) / sizeof(step->actions->items[0]));
	step->actions->items[step->actions->count++] = action;
}

static void spawn(
	struct step *step, enum service_action_kind kind, const struct exec_command *command)
{
	struct service *s = step->service;

	s->command = command;
	if (kind == ACTION_SPAWN_MAIN) {
		s->main_command = command;
		s->main_alive = true;
		s->main_ran = s->main_begun = true;
	} else {
		s->control_alive = true;
	}
	step->empty = false;
	act(step, (struct service_action) { .kind = kind, .command = command });
}

bool spawn_next_control(struct step *step)
{
	const struct exec_command *next = step->service->command->next;

	if (next) {
		renew_deadline(step);
		spawn(step, ACTION_SPAWN_CONTROL, next);
	}
	return next != NULL;
}

bool spawn_next_main(struct step *step)
{
	const struct exec_command *next = step->service->command->next;

	if (next) {
		renew_deadline(step);
		spawn(step, ACTION_SPAWN_MAIN, next);
	}
	return next != NULL;
}

void note_result(struct service *service, enum service_result result)
{
	if (service->result == RESULT_SUCCESS) {
		service->result = result;
	}
}

enum service_result judge_exit(const struct service *s, const struct exec_command *command,
	const struct service_event *event)
{
	bool daemon = s->config->type != SERVICE_ONESHOT && command == s->config->exec_start;

	return command->ignore_failure ? RESULT_SUCCESS
				       : policy_judge_exit(s->config, event->status, daemon);
}

void note_exit(struct service *s, const struct service_event *event, enum service_result result)
{
	if (s->result == RESULT_SUCCESS && result != RESULT_SUCCESS) {
		s->failed_status = event->status;
	}
	note_result(s, result);
}

void note_main_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;

	note_exit(s, event, judge_exit(s, s->main_command, event));
}

static void settle(struct service *service, enum start_job job)
{
	if (service->job == JOB_WAITING) {
		service->job = job;
	}
}

/* Conditions that are not met leave it as it is; with assertions the start has failed. */
static void skip(struct step *step)
{
	struct service *s = step->service;
	bool failed = step->unmet == RESULT_ASSERT;

	s->result = step->unmet;
	s->state = failed ? SERVICE_FAILED : SERVICE_DEAD;
	s->deadline_ms = NEVER;
	settle(s, failed ? JOB_FAILED : JOB_DONE);
}

/* Where an attempt begins. */
void enter_condition(struct step *step)
{
	struct service *s = step->service;

	s->result = RESULT_SUCCESS;
	s->failed_status = 0;
	s->main_ended = false;
	s->restarting = false;
	if (!policy_take_start(s, step->now_ms)) {
		s->result = RESULT_START_LIMIT_HIT;
		s->state = SERVICE_FAILED;
		s->deadline_ms = NEVER;
		settle(s, JOB_FAILED);
		return;
	}
	s->main_begun = false;
	s->running_ms = NEVER;
	if (step->unmet != RESULT_SUCCESS) {
		skip(step);
		return;
	}
	if (!s->config->exec_condition) {
		enter_start_pre(step);
		return;
	}
	s->state = SERVICE_CONDITION;
	set_start_deadline(step);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_condition);
}

void enter_start_pre(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_start_pre) {
		enter_start(step);
		return;
	}
	s->state = SERVICE_START_PRE;
	set_start_deadline(step);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_start_pre);
}

void enter_start(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_start) {
		enter_start_post(step); /* a oneshot with ExecStop= alone */
		return;
	}
	s->state = SERVICE_START;
	s->started = false;
	s->probed = false;
	set_start_deadline(step);
	spawn(step, s->config->type == SERVICE_FORKING ? ACTION_SPAWN_CONTROL : ACTION_SPAWN_MAIN,
		s->config->exec_start);
	if (s->config->type == SERVICE_SIMPLE) {
		enter_started(step);
	}
}

/* The type's own condition holds; ReadyWhen= must, too. */
void enter_started(struct step *step)
{
	step->service->started = true;
	if (!service_is_probed(step->service)) {
		enter_start_post(step);
	}
}

void enter_start_post(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_start_post) {
		enter_running(step);
		return;
	}
	s->state = SERVICE_START_POST;
	set_start_deadline(step);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_start_post);
}

/* A daemon whose main process nobody could tell: it runs as long as any process does. */
static bool runs_unknown(const struct step *step)
{
	const struct service *s = step->service;

	return s->config->type == SERVICE_FORKING && !s->main_ended && !step->empty;
}

/* Started in full. What has ended meanwhile (a oneshot always has) goes on to its stop. */
void enter_running(struct step *step)
{
	struct service *s = step->service;

	s->deadline_ms = NEVER;
	s->running_ms = earlier(s->running_ms, step->now_ms);
	if (s->main_alive || runs_unknown(step)) {
		s->state = SERVICE_RUNNING;
		s->deadline_ms = after(s->running_ms, s->config->runtime_max_ms);
		settle(s, JOB_DONE);
	} else if (s->result != RESULT_SUCCESS) {
		enter_signal(step, SERVICE_STOP_SIGTERM);
	} else if (s->config->remain_after_exit) {
		s->state = SERVICE_EXITED;
		settle(s, JOB_DONE);
	} else {
		enter_stop(step);
	}
}

void enter_reload(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_reload) {
		return;
	}
	s->state = SERVICE_RELOAD;
	set_start_deadline(step);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_reload);
}

void seek_main(struct step *step)
{
	act(step, (struct service_action) { .kind = ACTION_SEEK_MAIN });
}

void kill_control(struct step *step)
{
	act(step, (struct service_action) { .kind = ACTION_SIGNAL_CONTROL, .signal = SIGKILL });
}

void enter_stop(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_stop) {
		enter_signal(step, SERVICE_STOP_SIGTERM);
		return;
	}
	s->state = SERVICE_STOP;
	set_stop_deadline(step, s->config->timeout_stop_ms);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_stop);
}

/* It is on its way already: as if it had got the signal (STOPPING=1 of sd_notify(3)). */
void enter_stop_by_itself(struct step *step)
{
	step->service->state = SERVICE_STOP_SIGTERM;
	set_stop_deadline(step, step->service->config->timeout_stop_ms);
}

void enter_stop_post(struct step *step)
{
	struct service *s = step->service;

	if (!s->config->exec_stop_post) {
		enter_signal(step, SERVICE_FINAL_SIGTERM);
		return;
	}
	s->state = SERVICE_STOP_POST;
	set_stop_deadline(step, s->config->timeout_stop_ms);
	spawn(step, ACTION_SPAWN_CONTROL, s->config->exec_stop_post);
}

static bool is_kill(enum service_state state)
{
	return state == SERVICE_STOP_SIGKILL || state == SERVICE_FINAL_SIGKILL;
}

static bool is_watchdog(enum service_state state)
{
	return state == SERVICE_STOP_WATCHDOG || state == SERVICE_FINAL_WATCHDOG;
}

/* FinalKillSignal= may be caught: whoever asks for an end at once gets SIGKILL. After a missed
 * watchdog a dump of what it hung in is worth more than a clean end. */
static int signal_of(const struct step *step, enum service_state state)
{
	const struct service *s = step->service;

	if (is_kill(state)) {
		return step->at_once ? SIGKILL : s->config->final_kill_signal;
	}
	if (is_watchdog(state)) {
		return s->config->watchdog_signal;
	}
	return s->restarting && s->config->restart_kill_signal ? s->config->restart_kill_signal
							       : s->config->kill_signal;
}

/* Who gets the signal by KillMode= (systemd.kill(5)). False: nobody is there to get it. */
static bool send(struct step *step, enum service_state state)
{
	struct service *s = step->service;
	enum kill_mode mode = s->config->kill_mode;
	bool all = mode == KILL_CONTROL_GROUP || (mode == KILL_MIXED && is_kill(state));
	bool anybody = s->main_alive || s->control_alive || (all && !step->empty);

	if (mode == KILL_NONE || !anybody) {
		return false;
	}
	struct service_action action = {
		.kind = all ? ACTION_SIGNAL_ALL : ACTION_SIGNAL_MAIN,
		.signal = signal_of(step, state),
	};
	s->sent_signal = action.signal;
	act(step, action);
	if (s->config->send_sighup && !is_kill(state) && !is_watchdog(state)) {
		action.signal = SIGHUP;
		act(step, action);
	}
	return true;
}

/* TimeoutAbortSec=, where it is a dump that is waited for. */
static int64_t stop_span_ms(const struct service *s, enum service_state state)
{
	return is_watchdog(state) && s->config->timeout_abort_ms ? s->config->timeout_abort_ms
								 : s->config->timeout_stop_ms;
}

void enter_signal(struct step *step, enum service_state state)
{
	struct service *s = step->service;

	if (send(step, state)) {
		bool leader = s->main_alive || s->control_alive || runs_unknown(step);

		s->state = state;
		/* A helper that outlives its leader cleans up for it: it gets a moment, not
		 * the leader's whole time. */
		set_stop_deadline(step, leader || is_kill(state) ? stop_span_ms(s, state)
								 : s->config->stop_grace_ms);
		return;
	}
	bool final_try = state == SERVICE_FINAL_SIGTERM || state == SERVICE_FINAL_WATCHDOG;
	if (state < SERVICE_STOP_POST) {
		enter_stop_post(step);
	} else if (final_try && s->config->kill_mode == KILL_MIXED && !step->empty &&
		   s->config->send_sigkill) {
		enter_signal(step, SERVICE_FINAL_SIGKILL);
	} else {
		enter_dead(step);
	}
}

void enter_kill(struct step *step)
{
	if (step->service->config->send_sigkill) {
		enter_signal(step, SERVICE_STOP_SIGKILL);
	} else {
		enter_stop_post(step);
	}
}

void enter_late(struct step *step, enum timeout_mode mode)
{
	note_result(step->service, RESULT_TIMEOUT);
	switch (mode) {
	case TIMEOUT_TERMINATE:
		enter_signal(step, SERVICE_STOP_SIGTERM);
		break;
	case TIMEOUT_ABORT:
		enter_signal(step, SERVICE_STOP_WATCHDOG);
		break;
	case TIMEOUT_KILL:
		enter_kill(step);
		break;
	}
}

void enter_final_kill(struct step *step)
{
	if (step->service->config->send_sigkill) {
		enter_signal(step, SERVICE_FINAL_SIGKILL);
	} else {
		enter_dead(step);
	}
}

/*
 * While others wait for the start, a failed attempt that is tried again does not yet fail the
 * job: nothing would start them later. TimeoutStartSec= bounds all attempts together.
 */
static void settle_attempt(struct step *step, bool again)
{
	struct service *s = step->service;
	int64_t spent_ms = step->now_ms - s->job_start_ms;

	if (s->result == RESULT_CONDITION || (s->result == RESULT_SUCCESS && !s->stopping)) {
		settle(s, JOB_DONE);
	} else if (!again || s->result == RESULT_TIMEOUT ||
		   spent_ms >= s->config->timeout_start_ms) {
		settle(s, JOB_FAILED);
	}
}

/* A run that outlasts the longest wait shows that what failed was put right. */
static void count_back_off(struct step *step)
{
	struct service *s = step->service;
	bool stable = s->running_ms != NEVER &&
		      step->now_ms - s->running_ms >= s->config->restart_max_delay_ms;

	s->back_off = stable ? 1 : s->back_off + 1;
}

static void wait_for_restart(struct step *step)
{
	struct service *s = step->service;

	s->state = SERVICE_AUTO_RESTART;
	if (s->restarting) {
		s->back_off = 0;
		s->delay_ms = 0;
	} else {
		count_back_off(step);
		s->delay_ms = policy_restart_delay_ms(s->config, s->back_off);
	}
	s->deadline_ms = after(step->now_ms, s->delay_ms);
}

void enter_dead(struct step *step)
{
	struct service *s = step->service;
	bool skipped = s->result == RESULT_CONDITION;
	bool again = !s->stopping && !skipped && (s->restarting || policy_wants_another_attempt(s));

	settle_attempt(step, again);
	if (again) {
		wait_for_restart(step);
		return;
	}
	s->state = s->result == RESULT_SUCCESS || skipped ? SERVICE_DEAD : SERVICE_FAILED;
	s->deadline_ms = NEVER;
}
