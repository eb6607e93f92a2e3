/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The submodules of a commit: where, at which commit, and whether their contents are here.
 */

#include "host-launcher/git/git.h"

enum {
	/* Submodules in submodules; deeper ones are an error. */
	GIT_SUBMODULE_DEPTH = 16,
};

struct git_submodule {
	char *path;    /* relative to the top of the source tree */
	char *commit;  /* what the commit above it wants */
	char *git_dir; /* absolute; NULL: it was never initialised here */
};

/* Zero-initialise before first use. */
struct git_submodules {
	struct git_submodule *items;
	size_t count;
};

/* Adds those of `commit`, and theirs, in the order in which they must be checked out. `source` is
 * the work tree of the whole; `place` is where git is asked of the commit. Returns 0, or -1:
 * EXIT_GIT, where a submodule is here but its commit is not. */
int git_submodules_find(const struct git_place *place, const char *source, const char *commit,
	struct git_submodules *submodules, struct failure *failure);

void git_submodules_finish(struct git_submodules *submodules);
