/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Merges the base branch into a commit, without a checkout and without writing anything into the
 * repository: new objects go to a folder of their own, which is read together with the
 * repository's. The same two commits give the same merge, whoever merges them and when.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/git/git.h"

struct git_merge_request {
	const char *source;  /* a work tree */
	const char *objects; /* the repository's folder of objects, absolute */
	const char *scratch; /* an empty folder, for the new ones */
	const char *ours;    /* commits */
	const char *theirs;
	const char *ref; /* names, for the message */
	const char *base_branch;
	int64_t our_date_s; /* of the commits: what counts where there is no debian/changelog */
	int64_t their_date_s;
	bool shallow; /* for a hint */
};

struct git_merge {
	char *commit;           /* owned */
	int64_t date_s;         /* of the merged tree */
	struct string_list env; /* what git needs to see the merge's objects */
};

/* Returns 0 and what the caller finishes, or -1: EXIT_GIT, with the files that conflict. `theirs`
 * itself is the merge where it has all of `ours`. */
int git_merge_make(const struct git_merge_request *request, struct git_merge *ret_merge,
	struct failure *failure);

void git_merge_finish(struct git_merge *merge);
