/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whose process is it? A mark that a child gets before its program runs and that all of its
 * descendants inherit, whatever they do to get away: the soft limit RLIMIT_LOCKS. Linux has not
 * looked at it since 2.4.25, but keeps it over fork(), execve(), setsid() and a change of user
 * (getrlimit(2)), and everybody may read it in /proc/PID/limits.
 */

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Each init has a range of marks of its own, one for each service. */
struct marks {
	uint64_t base;
	uint64_t hard; /* the hard limit, which stays */
};

/* Picks a range that an init above or below this one hardly has. */
struct marks marks_pick(void);

/* Marks the calling process. Where the limit is set too low for that, nothing happens. */
void mark_self(struct marks marks, uint32_t service);

/* Reads a mark from the text of /proc/PID/limits; false if it has none of this range. Pure. */
bool mark_parse(struct marks marks, const char *limits, uint32_t *ret_service);

/* Whether the process has the mark of the service; false as well where /proc does not tell. */
bool mark_is_on(struct marks marks, pid_t pid, uint32_t service);

/* Calls `visit` for each process in /proc that is marked. Does not allocate. Returns whether there
 * is a /proc. */
bool mark_for_each(
	struct marks marks, void (*visit)(pid_t pid, uint32_t service, void *data), void *data);

/* How many children the calling process has, zombies included; -1 if /proc does not say. */
int mark_count_children(void);
