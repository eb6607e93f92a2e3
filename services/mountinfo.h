/* SPDX-License-Identifier: MIT */
#pragma once

/* /proc/self/mountinfo (proc(5)), line by line and within bounds: whoever mounts writes into it. */

#include <stdbool.h>
#include <stddef.h>

enum {
	MOUNT_POINT_SIZE = 1024,
	MOUNT_TYPE_SIZE = 32,
};

struct mount_line {
	int id;
	char point[MOUNT_POINT_SIZE]; /* with its escapes taken back */
	char type[MOUNT_TYPE_SIZE];
};

/* Takes a line apart. False if it is none, or longer than there is room for. Pure. */
bool mountinfo_parse(const char *line, struct mount_line *ret_line);

/* Calls `visit` for each line that can be taken apart, in the order in which they were mounted.
 * Returns 0 or -errno. */
int mountinfo_for_each(void (*visit)(const struct mount_line *line, void *data), void *data);
