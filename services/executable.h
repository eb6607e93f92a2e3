/* SPDX-License-Identifier: MIT */
#pragma once

/* Which file a command means, and why one cannot be run. */

/* The path to execute: the name itself if it has a slash, else the first executable of that name
 * in the folders of `list`, which are as in PATH; a list that is empty or NULL stands for the usual
 * ones. Returns NULL and an errno if there is none. The result may live in a static buffer. */
const char *executable_find(const char *name, const char *list, int *ret_error);

/* execve() says ENOENT for a missing interpreter too: tells that apart as ENOEXEC. */
int executable_explain(const char *path, int error);
