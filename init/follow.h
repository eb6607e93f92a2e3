/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * LogFollow=: what is appended to a file goes into the log as the service's lines, as `tail -F`
 * has it: from its end at the service's start, and on in the next file when it is renamed or
 * truncated. The kernel tells when there is something (inotify(7)), so an idle file wakes nobody;
 * a slow reader of the log holds up the copying, never PID 1.
 */

#include <ev.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	/* What a pipe takes whole or not at all (pipe(7)). */
	FOLLOW_PIECE_MAX = 4096,
};

struct service_config;
struct unit;

struct follow {
	ev_io changes;  /* its descriptor is -1 while nothing is followed */
	ev_io room;     /* the pipe takes more; active while there is more */
	ev_timer retry; /* while its directory is missing */
	int64_t delay_ms;
	size_t channel; /* of the log, beside the service's own */
	int fd;         /* the file, or -1 */
	int watch;
	ino_t inode;
	off_t offset;
};

/* For a service with LogFollow=; others have none. Returns 0 or -ENOMEM. */
int follow_init(struct unit *unit, const struct service_config *config);
void follow_finish(struct unit *unit);

/* `channel` of the log is for this alone, and called as that of the service. */
void follow_take_channel(struct unit *unit, size_t channel);

/* Begins with the service's run; ends with it, when the rest has been copied. */
void follow_update(struct unit *unit);
