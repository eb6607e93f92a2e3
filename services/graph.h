/* SPDX-License-Identifier: MIT */
#pragma once

/* Who waits for whom and who goes down with whom: After=, Requires= and their kin as lists of
 * indices into conf_set.services, checked for cycles (systemd.unit(5)). Pure. */

#include "conf/errors.h"
#include "conf/service_config.h"

struct graph_list {
	size_t *items;
	size_t count;
};

struct graph_node {
	struct graph_list after;    /* started before this one, stopped after it */
	struct graph_list before;   /* the reverse */
	struct graph_list requires; /* those of `after` that must have started well */
	struct graph_list binds;    /* those of `after` that must be up when this one starts */
	struct graph_list bound;    /* stopped when this one goes down for whatever reason */
	struct graph_list parts;    /* stopped when this one is asked to stop */
	struct graph_list stops;    /* the same, but not where it is to start again */
};

struct graph {
	struct graph_node *nodes; /* conf_set.count of them, owned by the set's arena */
	size_t count;
};

/*
 * Builds the graph of a checked set. A cycle is added to `problems`, with its path. Names that
 * are not in the set are left out. Returns 0, -ELOOP for a cycle, or -ENOMEM.
 */
int graph_build(struct conf_set *set, struct conf_problems *problems, struct graph *ret_graph);
