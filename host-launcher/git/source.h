/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the container sees at /src: the user's work tree itself where it is the commit that is
 * built, and else a copy of that commit: after a merge of the base branch, if uncommitted changes
 * are to be ignored, in a sparse checkout. Failing that, nothing of it lies at the wrong place.
 */

#include <stdbool.h>

#include "host-launcher/git/git_view.h"
#include "host-launcher/git/gitinfo.h"

struct source {
	char *tree;              /* absolute; what is mounted at /src */
	bool exported;           /* `tree` is a copy, without .git */
	bool upload;             /* it is not mounted but sent: source_upload.h */
	char *scratch;           /* NULL where nothing was copied */
	struct git_mounts views; /* of git's data, for --git-source clone */
	struct string_list warnings;
};

enum source_how {
	SOURCE_AS_IS, /* a copy only where there must be one */
	SOURCE_COPY,
	SOURCE_UPLOAD, /* a copy that is sent into the container */
	SOURCE_CLONE,  /* the build clones the repository: no copy, but views */
};

/* Returns 0 and what the caller finishes, or -1: EXIT_GIT, EXIT_WRITE. */
int source_prepare(const struct gitinfo *git, enum source_how how, struct source *ret_source,
	struct failure *failure);

/* The copy stays: a container that outlives us uses it. */
void source_leave(struct source *source);

/* Removes the copy. */
void source_finish(struct source *source);

/* What is mounted below `top`, from the text of /proc/self/mountinfo; absolute paths. Pure. */
void source_find_mounts(const char *mountinfo, const char *top, struct string_list *mounts);
