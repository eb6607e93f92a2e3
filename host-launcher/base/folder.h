/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Folders as wholes. Symbolic links are never followed, so root may use this where others write.
 */

#include <stdbool.h>

/* Whether the open folder has no entries; false too when it cannot be read. */
bool folder_is_empty(int fd);

/* Removes `name` and all that is in it. Returns 0, also where there is none, or -errno. */
int folder_remove(int parent_fd, const char *name);
