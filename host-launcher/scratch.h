/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A folder for what a build needs on the host for as long as it runs: in TMPDIR, else in /var/tmp,
 * since it may be big.
 */

#include "host-launcher/failure.h"

/* Creates it, for the user alone but for passing through. `*ret_path` is absolute, without symbolic
 * links, and given to scratch_remove(). Failure: EXIT_WRITE. */
int scratch_create(char **ret_path, struct failure *failure);

/* Removes it with all that is in it, and frees `path`; NULL is none. What cannot be removed stays,
 * silently. */
void scratch_remove(char *path);
