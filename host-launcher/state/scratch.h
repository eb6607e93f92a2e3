/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A folder for what a build, of an image as well, needs on the host for as long as it runs: in
 * TMPDIR, else in /var/tmp, since it may be big. A file in it says which process it belongs to, so
 * that those of a berth that was killed can be found.
 */

#include <stdbool.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

/* Creates it, for the user alone but for passing through. `*ret_path` is absolute, without symbolic
 * links, and given to scratch_remove(). Failure: EXIT_WRITE. */
int scratch_create(char **ret_path, struct failure *failure);

/* From now on the folder belongs to a run, whose record names it, and not to this process. */
void scratch_hand_over(const char *path);

/* Removes it with all that is in it, and frees `path`; NULL is none. Returns 0, or -errno with a
 * warning. */
int scratch_remove(char *path);

/* Adds the folders, in TMPDIR and in /var/tmp, of this user's processes that are gone; with `all`
 * also those of which nobody can tell, as from before a restart of the machine. */
void scratch_find_abandoned(bool all, struct string_list *paths);
