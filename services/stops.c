/* SPDX-License-Identifier: MIT */
#include "services/stops.h"

void stops_ask(struct supervisor *s, size_t index, size_t because_of)
{
	const struct graph_list *parts = &s->graph.nodes[index].parts;

	if (s->stops[index].phase != STOP_NOT_ASKED || service_is_over(&s->services[index])) {
		return;
	}
	s->stops[index] = (struct supervisor_stop) { STOP_ASKED, because_of };
	s->stops_asked++;
	for (size_t i = 0; i < parts->count; i++) {
		stops_ask(s, parts->items[i], index);
	}
}

void stops_follow(struct supervisor *s, size_t index)
{
	const struct graph_list *bound = &s->graph.nodes[index].bound;

	for (size_t i = 0; i < bound->count; i++) {
		stops_ask(s, bound->items[i], index);
	}
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
