/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The phases of a build, read off its log as it comes: live-build writes a line "[2026-01-31
 * 12:00:00] lb chroot_hooks " at the begin of each of its commands, coloured or not, and any build
 * may write "berth: phase NAME"; "berth: cache N%" tells how well the package cache does. Whatever
 * a service's log has in front of the line does not matter. Pure: times come in as milliseconds of
 * a monotonic clock. For a log that is read long after it was written there are live-build's own
 * times, of seconds and of UTC, as that is the container's zone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	/* A build has some 100; a log that pretends to more gets no further ones. */
	PHASES_MAX = 1000,
	PHASE_NAME_MAX = 64,
	PHASE_LINE_MAX = 256, /* what begins a phase is in the first bytes of a line */
};

struct phase {
	char name[PHASE_NAME_MAX];  /* "chroot_hooks"; printable, one line */
	char stage[PHASE_NAME_MAX]; /* "chroot": live-build's command that this one is part of */
	int64_t start_ms;
	int64_t end_ms;
	uint64_t log_offset; /* of its first line in the log */
};

/* Zero-initialise before first use. */
struct phases {
	bool replayed;    /* the log's own times count, as far as it has any, */
	int64_t epoch_ms; /* ... where 1970 began at this time of the monotonic clock, */
	int64_t begin_ms; /* ... and the log at this one */
	struct phase *items;
	size_t count;
	char line[PHASE_LINE_MAX + 1];
	size_t line_length;
	uint64_t line_offset;
	uint64_t offset;
	char stage[PHASE_NAME_MAX];
	bool cache_known;
	unsigned cache_percent; /* of what APT got came out of the cache */
};

void phases_feed(struct phases *phases, const char *data, size_t length, int64_t now_ms);

/* The last one ends now. */
void phases_end(struct phases *phases, int64_t now_ms);

/* The one that is going on, or NULL. */
const struct phase *phases_current(const struct phases *phases);

void phases_finish(struct phases *phases);
