/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The last lines of a log, for the report after a failure. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	TAIL_LINES = 20,
	TAIL_LINE_MAX = 400, /* the rest of a longer line is left out */
	TAIL_SLOTS = TAIL_LINES + 1,
};

/* Zero-initialise before first use. */
struct tail {
	char lines[TAIL_SLOTS][TAIL_LINE_MAX + 1];
	size_t lengths[TAIL_SLOTS];
	size_t next;  /* slot of the line that is being filled */
	size_t count; /* whole lines kept */
};

void tail_feed(struct tail *tail, const char *data, size_t length);

bool tail_is_empty(const struct tail *tail);

/* Calls `each` for the lines, oldest first, a last one without newline included. Control bytes
 * other than tabs were replaced, so the lines are fit for a terminal. */
void tail_for_each(const struct tail *tail, void (*each)(const char *line, void *user), void *user);
