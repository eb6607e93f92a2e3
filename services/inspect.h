/* SPDX-License-Identifier: MIT */
#pragma once

/* Whether the files and users that a configuration names are there, in a tree of files that is or
 * will be the container's. Needs no privilege; blocks on the disk. */

#include "conf/origins.h"

/*
 * Looks below `root` for programs, users, groups, working directories and files of the environment,
 * and adds a warning for each that is missing. Links are followed inside of the tree. `origins` are
 * those of the set, sorted by conf_origins_check(). Returns 0, or -errno if `root` cannot be
 * opened.
 */
int inspect_image(const struct conf_set *set, const struct conf_origins *origins, const char *root,
	struct conf_problems *problems);
