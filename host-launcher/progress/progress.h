/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How far a build is, in one line: for a terminal, where it is drawn over and over, and for a log.
 * Pure.
 */

#include <stdbool.h>
#include <stdint.h>

enum progress_mode {
	PROGRESS_NONE,
	PROGRESS_LIVE,  /* one line at the foot of a terminal */
	PROGRESS_PLAIN, /* a line a phase, and one now and then */
};

/* What the choice depends on. */
struct progress_place {
	bool unwanted;    /* --no-progress or --quiet */
	bool terminal;    /* standard error is one */
	const char *term; /* TERM, or NULL */
	bool ci;          /* a CI system runs berth */
};

enum progress_mode progress_choose(const struct progress_place *place);

struct progress {
	const char *phase; /* NULL: none has begun */
	int64_t elapsed_ms;
	int64_t phase_ms;      /* since the phase began */
	int64_t left_ms;       /* until the build will probably end; -1: nobody knows */
	int cache_percent;     /* of what APT got, so much came out of the cache; -1: not known */
	int64_t written_bytes; /* to disks; -1: not known */
};

/* For a terminal of that many columns: shorter than those by one at least, printable ASCII. What
 * does not fit is left out, the least important first. Owned by the caller. */
char *progress_line(const struct progress *progress, unsigned columns);

/* A sentence for a log. Owned by the caller. */
char *progress_sentence(const struct progress *progress);
