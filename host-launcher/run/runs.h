/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The runs that an engine and this machine know of: containers by their labels, with what the
 * records of runs add to that, and records whose container is gone.
 */

#include <stdbool.h>

#include "host-launcher/engine/engine.h"
#include "host-launcher/state/owner.h"
#include "host-launcher/state/record.h"

struct run_entry {
	char *run;
	char *id;     /* of the container; NULL: there is none any more */
	char *state;  /* of the container: "running", "exited", "created"...; "gone" */
	char *status; /* in the engine's words: "Exited (3) 5 minutes ago"; "" */
	char *ref;
	char *commit;
	char *source;
	int64_t created_s;
	enum owner_verdict owner;
	bool recorded;
	struct record record; /* if so */
};

struct run_entry_list {
	struct run_entry *items;
	size_t count;
};

/* Newest first. The caller finishes the list. Failure: as container_list(). */
int runs_collect(struct engine *engine, struct run_entry_list *ret_list, struct failure *failure);

void run_entry_list_finish(struct run_entry_list *list);

bool run_entry_is_active(const struct run_entry *entry);

/* The run that `word` means: its name, the beginning of it, or its container's; with NULL the only
 * one that there is. Belongs to the list. NULL with the failure told: EXIT_USAGE. */
const struct run_entry *runs_find(
	const struct run_entry_list *list, const char *word, struct failure *failure);

/* Whether a berth on this machine is at the run by now, as its record says. */
bool runs_has_owner(const char *run);

enum gc_verdict {
	GC_REMOVE,
	GC_IN_USE,  /* its berth is at work */
	GC_WANTED,  /* detached, or kept on request */
	GC_FOREIGN, /* of another machine or container: its berth may be at work */
};

/* What a clean-up makes of a run. `all` includes what is wanted or foreign, but nothing in use.
 * Pure. */
enum gc_verdict runs_judge(const struct run_entry *entry, bool all);
