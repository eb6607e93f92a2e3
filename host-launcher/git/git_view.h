/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a build may see of a repository, to be cloned from in the container: its objects, read-only,
 * and its branches, tags and heads at origin; no configuration (remotes have credentials in their
 * URLs, CI systems put tokens there), no hooks, no logs. Nothing is copied but names.
 *
 * In the container view N lies at /git/view-N, the objects at /git/objects-N. View 0 is the source
 * tree's, the others are of its submodules: their file berth-path says where they belong.
 */

#include "host-launcher/git/gitinfo.h"

/* What is to be mounted, read-only: sources on the host, and where. Zero-initialise. */
struct git_mounts {
	struct string_list sources;
	struct string_list targets;
};

/* Makes the views of the commit that is built, and of its submodules, in `scratch`, an existing
 * folder. Returns 0, or -1: EXIT_GIT, EXIT_WRITE. */
int git_views_make(const struct gitinfo *info, const char *scratch, struct git_mounts *mounts,
	struct failure *failure);

void git_mounts_finish(struct git_mounts *mounts);
