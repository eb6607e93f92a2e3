/* SPDX-License-Identifier: MIT */
#pragma once

/* Which file a command means, and why one cannot be run. */

/* The path to execute: the name itself if it has a slash, else the first executable of that name
 * in the environment's PATH. Returns NULL and an errno if there is none. The result may live in a
 * static buffer. */
const char *executable_find(const char *name, char *const *environment, int *ret_error);

/* execve() says ENOENT for a missing interpreter too: tells that apart as ENOEXEC. */
int executable_explain(const char *path, int error);
