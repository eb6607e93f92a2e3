/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The last commit that touched some paths, for builds that name a result by it.
 */

#include "host-launcher/git/git.h"

/* For each item of `paths` (one path or more, with blanks between them) a line: the last commit in
 * the history of `commit` that touched one of them, or -, a tab, and the paths, without a slash at
 * their ends. Returns 0 and a string the caller owns, or -1: EXIT_GIT. */
int git_log_paths(const struct git_place *place, const char *commit,
	const struct string_list *paths, char **ret_lines, struct failure *failure);
