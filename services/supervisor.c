/* SPDX-License-Identifier: MIT */
#include "services/supervisor.h"

#include <errno.h>
#include <signal.h>

#include "services/due.h"
#include "services/stops.h"

enum {
	/* What of the stop budget is kept for SIGKILL to be seen through. */
	KILL_RESERVE_MS = 1000,
	/* What services have once somebody is in a hurry. */
	HURRY_MS = 1000,
};

static int allocate(struct supervisor *s, struct conf_set *set)
{
	struct conf_arena *arena = &set->arena;
	size_t count = set->count + 1;

	s->services = conf_arena_alloc(arena, count * sizeof(*s->services));
	s->blockers = conf_arena_alloc(arena, count * sizeof(*s->blockers));
	s->begun = conf_arena_alloc(arena, count * sizeof(*s->begun));
	s->counted = conf_arena_alloc(arena, count * sizeof(*s->counted));
	s->settled = conf_arena_alloc(arena, count * sizeof(*s->settled));
	s->stops = conf_arena_alloc(arena, count * sizeof(*s->stops));
	s->due.items = conf_arena_alloc(arena, count * sizeof(*s->due.items));
	s->due.queued = conf_arena_alloc(arena, count * sizeof(*s->due.queued));
	return s->services && s->blockers && s->begun && s->counted && s->settled && s->stops &&
			       s->due.items && s->due.queued
		       ? 0
		       : -ENOMEM;
}

int supervisor_init(
	struct supervisor *supervisor, struct conf_set *set, struct conf_problems *problems)
{
	struct supervisor s = {
		.set = set,
		.main = set->init.main ? conf_set_find(set, set->init.main) : -1,
		.active = set->count,
		.deadline_ms = NEVER,
		.final_ms = NEVER,
	};
	int r = graph_build(set, problems, &s.graph);

	if (r == 0) {
		r = allocate(&s, set);
	}
	if (r < 0) {
		return r;
	}
	for (size_t i = 0; i < set->count; i++) {
		service_init(&s.services[i], set->services[i]);
	}
	for (size_t i = 0; i < set->count; i++) {
		due_renew(&s, i);
	}
	*supervisor = s;
	return 0;
}

/* --- stop -------------------------------------------------------------------------------- */

/* From now on the queue and the blockers are those of the stop: first those nobody is after. */
static void begin_stop(struct supervisor *s, enum stop_cause cause, int64_t now_ms)
{
	int64_t budget_ms = s->set->init.timeout_stop_ms;
	int64_t reserve_ms = budget_ms / 4 < KILL_RESERVE_MS ? budget_ms / 4 : KILL_RESERVE_MS;

	if (s->cause != STOP_NONE) {
		return;
	}
	s->cause = cause;
	stops_forget(s);
	if (budget_ms < NEVER - now_ms) {
		s->final_ms = now_ms + budget_ms;
		s->deadline_ms = s->final_ms - reserve_ms;
	}
	due_clear(s);
	for (size_t i = 0; i < s->set->count; i++) {
		const struct graph_list *before = &s->graph.nodes[i].before;

		s->services[i].stopping = true;
		s->services[i].stop_cap_ms = s->final_ms;
		s->blockers[i] = 0;
		for (size_t j = 0; j < before->count; j++) {
			s->blockers[i] += !service_is_over(&s->services[before->items[j]]);
		}
		if (!s->blockers[i] && !service_is_over(&s->services[i])) {
			due_push(s, i);
		}
	}
}

static void shorten(struct supervisor *s, int64_t now_ms, int64_t grace_ms)
{
	int64_t kill_ms = now_ms + grace_ms;

	if (!s->killing && kill_ms < s->deadline_ms) {
		s->deadline_ms = kill_ms;
		s->final_ms = kill_ms + KILL_RESERVE_MS;
	}
}

void supervisor_on_signal(struct supervisor *s, int signal, int64_t now_ms)
{
	bool first = s->stop_signal == 0;

	if (first) {
		s->stop_signal = signal;
		if (s->cause == STOP_NONE) {
			begin_stop(s, STOP_SIGNAL, now_ms);
		}
		return;
	}
	shorten(s, now_ms, s->hurry ? 0 : HURRY_MS);
	if (!s->hurry) {
		s->hurry = true;
		s->cursor = 0;
	}
}

/* The next service in a pass over all of them, or -1. */
static ssize_t next_in_pass(struct supervisor *s)
{
	while (s->cursor < s->set->count) {
		size_t i = s->cursor++;

		if (!service_is_over(&s->services[i])) {
			s->services[i].stop_cap_ms = s->final_ms;
			return (ssize_t)i;
		}
	}
	return -1;
}

ssize_t supervisor_next_stop(
	struct supervisor *s, int64_t now_ms, enum service_event_kind *ret_kind)
{
	if (s->cause == STOP_NONE) {
		*ret_kind = EVENT_STOP;
		return stops_next(s);
	}
	if (!s->killing && now_ms >= s->deadline_ms) {
		s->killing = true;
		s->cursor = 0;
		s->deadline_ms = s->final_ms;
	}
	*ret_kind = s->killing ? EVENT_KILL : EVENT_STOP;
	return s->killing || s->hurry ? next_in_pass(s) : due_pop(s);
}

/* One that was waited for at the stop is gone. */
static void pass_end_on(struct supervisor *s, size_t index)
{
	const struct graph_list *after = &s->graph.nodes[index].after;

	for (size_t i = 0; s->cause != STOP_NONE && i < after->count; i++) {
		size_t earlier = after->items[i];

		if (s->blockers[earlier] && --s->blockers[earlier] == 0 &&
			!service_is_over(&s->services[earlier])) {
			due_push(s, earlier);
		}
	}
}

void supervisor_stop(struct supervisor *s, size_t index)
{
	if (s->cause == STOP_NONE) {
		stops_ask(s, index, index, STOP_FOR_GOOD);
	}
}

/* --- start ------------------------------------------------------------------------------- */

/* SuccessAction= and FailureAction=; what never began has not ended either. */
static void act_on_end(struct supervisor *s, size_t index, int64_t now_ms)
{
	const struct service *service = &s->services[index];
	enum unit_action action = service_end(service)->action;

	if (action == UNIT_ACTION_NONE || s->cause != STOP_NONE ||
		service->result == RESULT_DEPENDENCY || service->result == RESULT_CONDITION ||
		service->result == RESULT_ASSERT) {
		return;
	}
	begin_stop(s, STOP_ACTION, now_ms);
	s->actor = index;
	if (action == UNIT_ACTION_EXIT_FORCE) {
		s->deadline_ms = s->final_ms = now_ms;
	}
}

void supervisor_conclude(struct supervisor *s, int64_t now_ms)
{
	if (s->main >= 0 && s->counted[s->main]) {
		begin_stop(s, STOP_MAIN, now_ms);
	} else if (!s->active && s->main < 0) {
		begin_stop(s, STOP_IDLE, now_ms);
	}
}

/* Draws the conclusions from what a service has become. */
static void conclude(struct supervisor *s, size_t index, int64_t now_ms)
{
	const struct service *service = &s->services[index];
	bool again = s->cause == STOP_NONE && stops_is_renewal(s, index);

	if (service->job != JOB_WAITING && !s->settled[index] && !again) {
		due_settle(s, index);
	}
	if (!service_is_over(service) || service->job == JOB_WAITING || s->counted[index]) {
		return;
	}
	if (again) {
		stops_forget_one(s, index);
		due_renew(s, index);
		return;
	}
	s->counted[index] = true;
	s->active--;
	pass_end_on(s, index);
	act_on_end(s, index, now_ms);
	supervisor_conclude(s, now_ms);
}

ssize_t supervisor_next_start(struct supervisor *s)
{
	ssize_t index = s->cause == STOP_NONE && !s->held ? due_pop(s) : -1;

	/* What it is after may have gone down since it was due: it will be again. */
	while (index >= 0 && s->blockers[index]) {
		index = due_pop(s);
	}
	return index;
}

static bool requirement_failed(const struct supervisor *s, size_t index)
{
	const struct graph_list *requires = &s->graph.nodes[index].requires;

	for (size_t i = 0; i < requires->count; i++) {
		if (s->services[requires->items[i]].job == JOB_FAILED) {
			return true;
		}
	}
	return false;
}

/* systemd.unit(5): with After= what it is bound to strictly has to be up. */
static bool bond_is_down(const struct supervisor *s, size_t index)
{
	const struct graph_list *binds = &s->graph.nodes[index].binds;

	for (size_t i = 0; i < binds->count; i++) {
		if (!service_is_up(s->services[binds->items[i]].state)) {
			return true;
		}
	}
	return false;
}

void supervisor_start(struct supervisor *s, size_t index, enum service_result unmet, int64_t now_ms,
	struct service_actions *actions)
{
	const struct service_event event = { .kind = EVENT_START, .empty = true, .unmet = unmet };
	struct service *service = &s->services[index];

	s->begun[index] = true;
	if (requirement_failed(s, index) || bond_is_down(s, index)) {
		service->state = SERVICE_FAILED;
		service->result = RESULT_DEPENDENCY;
		service->job = JOB_FAILED;
	} else {
		service_step(service, &event, now_ms, actions);
	}
	conclude(s, index, now_ms);
}

void supervisor_step(struct supervisor *s, size_t index, const struct service_event *event,
	int64_t now_ms, struct service_actions *actions)
{
	struct service *service = &s->services[index];
	enum service_state before = service->state;

	service_step(service, event, now_ms, actions);
	if (s->cause == STOP_NONE && service_is_up(before) && !service_is_up(service->state)) {
		stops_follow(s, index);
	}
	if (s->cause == STOP_NONE && before == SERVICE_AUTO_RESTART &&
		service_is_up(service->state) && stops_restart(s, index)) {
		service->job_start_ms = now_ms; /* as those that were stopped for it see it */
		due_unsettle(s, index);
		service->job = service_is_active(service->state) ? JOB_DONE : JOB_WAITING;
	}
	conclude(s, index, now_ms);
}

bool supervisor_is_settled(const struct supervisor *s)
{
	for (size_t i = 0; i < s->set->count; i++) {
		const struct service *service = &s->services[i];
		bool runs = (ssize_t)i == s->main && service->config->type == SERVICE_ONESHOT &&
			    service->main_ran;

		if (service->job == JOB_WAITING && !runs) {
			return false;
		}
	}
	return s->cause == STOP_NONE;
}

/* What never started is over as well, once the whole is on its way down. */
bool supervisor_is_over(const struct supervisor *s, int64_t now_ms)
{
	if (s->cause == STOP_NONE) {
		return false;
	}
	if (now_ms >= s->final_ms) {
		return true;
	}
	for (size_t i = 0; i < s->set->count; i++) {
		if (!service_is_over(&s->services[i])) {
			return false;
		}
	}
	return true;
}
