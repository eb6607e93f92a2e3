/* SPDX-License-Identifier: MIT */
#include "services/due.h"

void due_push(struct supervisor *s, size_t index)
{
	struct supervisor_queue *queue = &s->due;

	if (!queue->queued[index]) {
		queue->queued[index] = true;
		queue->items[(queue->head + queue->count++) % s->set->count] = index;
	}
}

ssize_t due_pop(struct supervisor *s)
{
	struct supervisor_queue *queue = &s->due;

	if (!queue->count) {
		return -1;
	}
	size_t index = queue->items[queue->head];
	queue->head = (queue->head + 1) % s->set->count;
	queue->count--;
	queue->queued[index] = false;
	return (ssize_t)index;
}

void due_clear(struct supervisor *s)
{
	while (due_pop(s) >= 0) {
	}
}

void due_settle(struct supervisor *s, size_t index)
{
	const struct graph_list *before = &s->graph.nodes[index].before;

	s->settled[index] = true;
	for (size_t i = 0; s->cause == STOP_NONE && i < before->count; i++) {
		size_t later = before->items[i];

		if (s->blockers[later] && --s->blockers[later] == 0) {
			due_push(s, later);
		}
	}
}

void due_unsettle(struct supervisor *s, size_t index)
{
	const struct graph_list *before = &s->graph.nodes[index].before;

	s->services[index].job = JOB_WAITING;
	for (size_t i = 0; s->settled[index] && i < before->count; i++) {
		size_t later = before->items[i];

		s->blockers[later] += !s->begun[later];
	}
	s->settled[index] = false;
}

void due_renew(struct supervisor *s, size_t index)
{
	const struct graph_list *after = &s->graph.nodes[index].after;

	due_unsettle(s, index);
	service_init(&s->services[index], s->services[index].config);
	s->begun[index] = false;
	s->blockers[index] = 0;
	for (size_t i = 0; i < after->count; i++) {
		s->blockers[index] += !s->settled[after->items[i]];
	}
	if (!s->blockers[index]) {
		due_push(s, index);
	}
}
