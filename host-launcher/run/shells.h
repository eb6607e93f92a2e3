/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The containers in which shells of ended runs live, and the images made for them: whether a berth
 * is still in one, and how the others go.
 */

#include <stdbool.h>

#include "host-launcher/base/words.h"
#include "host-launcher/engine/engine.h"

/* Which of them go; each takes those of the ones before as well. */
enum shells_reach {
	SHELLS_ABANDONED, /* their berth is gone */
	SHELLS_ENDED,     /* of another machine, or from before a restart, and over */
	SHELLS_FOREIGN,   /* of another machine */
	SHELLS_ALL,
};

struct shells_choice {
	const char *run; /* NULL: of all runs */
	enum shells_reach reach;
	bool dry_run; /* they are only told of */
};

/* Removes those. `ret_left`, which the caller finishes in any case, gets the runs of the others.
 * Failure: as container_list(). */
int shells_remove(struct engine *engine, const struct shells_choice *choice,
	struct string_list *ret_left, struct failure *failure);
