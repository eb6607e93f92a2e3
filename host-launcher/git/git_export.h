/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of a commit and its submodules in a folder of their own, as a fresh clone would have
 * them: no changes of the user's, nothing that git ignores, the same permissions whatever the
 * user's umask. The user's checkout and index are not touched.
 */

#include "host-launcher/git/gitinfo.h"

/* Fills `target`, an empty folder that exists; `scratch` is another folder, for git's index.
 * Returns 0 or -1: EXIT_GIT. A submodule that was never initialised stays an empty folder. */
int git_export(const struct gitinfo *info, const char *target, const char *scratch,
	struct failure *failure);
