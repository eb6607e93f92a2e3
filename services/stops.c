/* SPDX-License-Identifier: MIT */
#include "services/stops.h"

#include "services/due.h"

static void ask_all(struct supervisor *s, const struct graph_list *list, size_t because_of,
	enum stop_purpose purpose)
{
	for (size_t i = 0; i < list->count; i++) {
		stops_ask(s, list->items[i], because_of, purpose);
	}
}

void stops_ask(struct supervisor *s, size_t index, size_t because_of, enum stop_purpose purpose)
{
	struct supervisor_stop *stop = &s->stops[index];
	bool known = stop->phase != STOP_NOT_ASKED;

	if (service_is_over(&s->services[index]) || (known && stop->purpose <= purpose)) {
		return;
	}
	/* As with systemd's try-restart: who is still starting, as a oneshot is until its end, goes
	 * on with that. */
	if (purpose == STOP_TO_START_AGAIN && index != because_of &&
		!service_is_active(s->services[index].state)) {
		return;
	}
	stop->purpose = purpose;
	if (purpose == STOP_TO_START_AGAIN) {
		due_unsettle(s, index);
	}
	if (!known) {
		stop->phase = STOP_ASKED;
		stop->because_of = because_of;
		s->stops_asked++;
	}
	ask_all(s, &s->graph.nodes[index].parts, index, purpose);
	if (purpose == STOP_FOR_GOOD) {
		ask_all(s, &s->graph.nodes[index].stops, index, purpose);
	}
}

void stops_follow(struct supervisor *s, size_t index)
{
	ask_all(s, &s->graph.nodes[index].bound, index, STOP_FOR_GOOD);
}

bool stops_restart(struct supervisor *s, size_t index)
{
	size_t before = s->stops_asked;

	ask_all(s, &s->graph.nodes[index].parts, index, STOP_TO_START_AGAIN);
	return s->stops_asked != before;
}

bool stops_is_renewal(const struct supervisor *s, size_t index)
{
	return s->stops[index].phase != STOP_NOT_ASKED &&
	       s->stops[index].purpose == STOP_TO_START_AGAIN;
}

void stops_forget_one(struct supervisor *s, size_t index)
{
	s->stops_asked -= s->stops[index].phase == STOP_ASKED;
	s->stops[index].phase = STOP_NOT_ASKED;
}

static bool is_kept(const struct supervisor *s, size_t index)
{
	const struct graph_list *before = &s->graph.nodes[index].before;

	for (size_t i = 0; i < before->count; i++) {
		size_t later = before->items[i];

		if (s->stops[later].phase != STOP_NOT_ASKED &&
			!service_is_over(&s->services[later])) {
			return true;
		}
	}
	return false;
}

ssize_t stops_next(struct supervisor *s)
{
	for (size_t i = 0; s->stops_asked && i < s->set->count; i++) {
		if (s->stops[i].phase == STOP_ASKED && !is_kept(s, i)) {
			s->stops[i].phase = STOP_TOLD;
			s->stops_asked--;
			return (ssize_t)i;
		}
	}
	return -1;
}

void stops_forget(struct supervisor *s)
{
	s->stops_asked = 0;
}
