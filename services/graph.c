/* SPDX-License-Identifier: MIT */
#include "services/graph.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool contains(const struct graph_list *list, size_t item)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i] == item) {
			return true;
		}
	}
	return false;
}

/* Room grows by doubling at powers of two. */
static int append(struct conf_arena *arena, struct graph_list *list, size_t item)
{
	if ((list->count & (list->count - 1)) == 0) {
		size_t capacity = list->count ? list->count * 2 : 1;
		size_t *items = conf_arena_alloc(arena, capacity * sizeof(*items));

		if (!items) {
			return -ENOMEM;
		}
		if (list->count) {
			memcpy(items, list->items, list->count * sizeof(*items));
		}
		list->items = items;
	}
	list->items[list->count++] = item;
	return 0;
}

/* Each item of a list once. */
static int add(struct conf_arena *arena, struct graph_list *list, size_t item)
{
	return contains(list, item) ? 0 : append(arena, list, item);
}

/* The two lists say the same, so the shorter one tells whether it is known: thousands may be after
 * one. */
static int add_order(struct conf_arena *arena, struct graph *graph, size_t later, size_t earlier)
{
	struct graph_list *after = &graph->nodes[later].after;
	struct graph_list *before = &graph->nodes[earlier].before;
	bool known =
		after->count < before->count ? contains(after, earlier) : contains(before, later);
	int r = known ? 0 : append(arena, after, earlier);

	return known || r < 0 ? r : append(arena, before, later);
}

/* Each item once, where they come in ascending order: one that is known is the last. */
static int add_ascending(struct conf_arena *arena, struct graph_list *list, size_t item)
{
	return list->count && list->items[list->count - 1] == item ? 0 : append(arena, list, item);
}

/* `later` requires `earlier`, and stops when that is asked to. */
static int add_requirement(
	struct conf_arena *arena, struct graph *graph, size_t later, size_t earlier)
{
	int r = add(arena, &graph->nodes[later].requires, earlier);

	return r < 0 ? r : add_ascending(arena, &graph->nodes[earlier].parts, later);
}

static int add_bond(struct conf_arena *arena, struct graph *graph, size_t later, size_t earlier)
{
	int r = add_requirement(arena, graph, later, earlier);

	if (r == 0) {
		r = add(arena, &graph->nodes[later].binds, earlier);
	}
	return r < 0 ? r : add_ascending(arena, &graph->nodes[earlier].bound, later);
}

/* `later` is not brought down by how `earlier` ends, but must find it up. */
static int add_requisite(
	struct conf_arena *arena, struct graph *graph, size_t later, size_t earlier)
{
	int r = add_requirement(arena, graph, later, earlier);

	return r < 0 ? r : add(arena, &graph->nodes[later].binds, earlier);
}

/* The stop of `from` is one of `to`, whatever it comes from. */
static int add_stop(struct conf_arena *arena, struct graph *graph, size_t from, size_t to)
{
	int r = add(arena, &graph->nodes[from].stops, to);

	return r < 0 ? r : add(arena, &graph->nodes[from].bound, to);
}

/* The dependencies of service `index`, which grows from call to call. */
static int add_dependency(
	struct conf_set *set, struct graph *graph, size_t index, const struct dependency *d)
{
	ssize_t found = conf_set_find(set, d->name);

	if (found < 0 || (size_t)found == index) {
		return 0;
	}
	switch (d->kind) {
	case DEPENDENCY_AFTER:
		return add_order(&set->arena, graph, index, (size_t)found);
	case DEPENDENCY_BEFORE:
		return add_order(&set->arena, graph, (size_t)found, index);
	case DEPENDENCY_REQUIRES:
		return add_requirement(&set->arena, graph, index, (size_t)found);
	case DEPENDENCY_BINDS_TO:
		return add_bond(&set->arena, graph, index, (size_t)found);
	case DEPENDENCY_PART_OF:
		return add_ascending(&set->arena, &graph->nodes[found].parts, index);
	case DEPENDENCY_REQUISITE:
		return add_requisite(&set->arena, graph, index, (size_t)found);
	case DEPENDENCY_PROPAGATES_STOP_TO:
		return add_stop(&set->arena, graph, index, (size_t)found);
	case DEPENDENCY_STOP_PROPAGATED_FROM:
		return add_stop(&set->arena, graph, (size_t)found, index);
	case DEPENDENCY_CONFLICTS: /* refused by conf_check() */
	case DEPENDENCY_WANTS:
		return 0; /* all services are started: a wish adds nothing */
	}
	return 0;
}

/* Requires= alone does not order: only what is waited for can fail in time (systemd.unit(5)). */
static void keep_ordered(struct graph_list *list, const struct graph_list *after)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (contains(after, list->items[i])) {
			list->items[kept++] = list->items[i];
		}
	}
	list->count = kept;
}

/*
 * Takes away what waits for nothing, again and again (Kahn): what is left hangs on a cycle.
 * `blockers` ends with 0 for all that was taken away. Returns how many are left.
 */
static size_t take_away_free(const struct graph *graph, size_t *blockers, size_t *queue)
{
	size_t head = 0;
	size_t tail = 0;

	for (size_t i = 0; i < graph->count; i++) {
		blockers[i] = graph->nodes[i].after.count;
		if (!blockers[i]) {
			queue[tail++] = i;
		}
	}
	while (head < tail) {
		const struct graph_list *before = &graph->nodes[queue[head++]].before;

		for (size_t i = 0; i < before->count; i++) {
			if (--blockers[before->items[i]] == 0) {
				queue[tail++] = before->items[i];
			}
		}
	}
	return graph->count - tail;
}

static size_t blocked_predecessor(const struct graph *graph, const size_t *blockers, size_t from)
{
	const struct graph_list *after = &graph->nodes[from].after;

	for (size_t i = 0; i < after->count; i++) {
		if (blockers[after->items[i]]) {
			return after->items[i];
		}
	}
	return from;
}

/* Walks back over blocked services until one comes twice; from there on it is the cycle. */
static size_t find_on_cycle(const struct graph *graph, const size_t *blockers)
{
	size_t at = 0;

	while (!blockers[at]) {
		at++;
	}
	for (size_t steps = 0; steps < graph->count; steps++) {
		at = blocked_predecessor(graph, blockers, at);
	}
	return at;
}

static void tell_cycle(const struct conf_set *set, const struct graph *graph,
	const size_t *blockers, struct conf_problems *problems)
{
	size_t first = find_on_cycle(graph, blockers);
	size_t at = first;
	char *path = NULL;
	size_t size = 0;

	FILE *out = open_memstream(&path, &size);
	if (!out) {
		return;
	}
	do {
		fprintf(out, "%s after ", set->services[at]->name);
		at = blocked_predecessor(graph, blockers, at);
	} while (at != first);
	fprintf(out, "%s", set->services[first]->name);
	if (fclose(out) == 0) {
		conf_problems_add(problems, CONF_ERROR, &set->services[first]->place,
			"services wait for each other: %s", path);
	}
	free(path);
}

static int check_cycles(
	const struct conf_set *set, const struct graph *graph, struct conf_problems *problems)
{
	size_t *memory = reallocarray(NULL, graph->count + 1, 2 * sizeof(*memory));
	int r = 0;

	if (!memory) {
		return -ENOMEM;
	}
	if (take_away_free(graph, memory, memory + graph->count) > 0) {
		tell_cycle(set, graph, memory, problems);
		r = -ELOOP;
	}
	free(memory);
	return r;
}

int graph_build(struct conf_set *set, struct conf_problems *problems, struct graph *ret_graph)
{
	struct graph graph = {
		.nodes = conf_arena_alloc(&set->arena, (set->count + 1) * sizeof(*graph.nodes)),
		.count = set->count,
	};
	int r = graph.nodes ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < set->count; i++) {
		const struct dependency *d = set->services[i]->dependencies;

		for (; r == 0 && d; d = d->next) {
			r = add_dependency(set, &graph, i, d);
		}
	}
	for (size_t i = 0; r == 0 && i < set->count; i++) {
		keep_ordered(&graph.nodes[i].requires, &graph.nodes[i].after);
		keep_ordered(&graph.nodes[i].binds, &graph.nodes[i].after);
	}
	if (r == 0) {
		r = check_cycles(set, &graph, problems);
	}
	if (r == 0) {
		*ret_graph = graph;
	}
	return r;
}
