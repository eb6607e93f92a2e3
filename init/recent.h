/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The last lines of a log, as many as fit: what a report of a failure shows. Long lines are cut.
 * Pure; the memory is the caller's.
 */

#include <stddef.h>

enum {
	RECENT_SIZE = 2048,
	RECENT_LINE_MAX = 400,
};

struct recent {
	char *bytes; /* RECENT_SIZE of them, a ring of lines with their ends */
	size_t head;
	size_t length;
};

/* Adds a line, given without its end; the oldest ones make room. */
void recent_add(struct recent *recent, const char *line, size_t length);

/* Calls `visit` for each line, the oldest first; it is valid during the call only. */
void recent_for_each(const struct recent *recent,
	void (*visit)(const char *line, size_t length, void *data), void *data);
