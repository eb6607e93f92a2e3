/* SPDX-License-Identifier: MIT */
#pragma once

/* The entries of a directory one by one, without readdir(3), which allocates. */

#include <stdbool.h>

/* Calls `visit` for each entry of the open directory but those that begin with a dot. Does not
 * close it. */
void entries_for_each(int directory_fd,
	void (*visit)(const char *name, bool is_directory, void *data), void *data);
