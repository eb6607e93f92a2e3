/* SPDX-License-Identifier: MIT */
#pragma once

/* The files that a pattern with wildcards finds (glob(7), by services/wildcard.h). glob(3) would
 * bring along all of the C library that knows users. */

#include <stdbool.h>

/* Whether it has wildcards, or a backslash before what is none. */
bool glob_is_pattern(const char *text);

/* Calls `take` with each path that matches the absolute `pattern`, in no order, until it returns
 * true. A star finds nothing that begins with a dot. Returns whether `take` did. */
bool glob_each(const char *pattern, bool (*take)(void *user, const char *path), void *user);
