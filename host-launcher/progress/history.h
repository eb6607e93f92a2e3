/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How long the phases of the last good builds of a source tree took, and what that says of one that
 * is going on. A file of JSON a tree, beside the records of runs:
 *
 *	{"builds": [[["bootstrap", 61000], ["chroot", 123000]]]}      newest first, milliseconds
 */

#include <stdint.h>

#include "host-launcher/log/phases.h"

enum {
	HISTORY_BUILDS_MAX = 5,
	HISTORY_MS_MAX = 7 * 24 * 3600 * 1000, /* nothing takes longer */
};

struct history_phase {
	char name[PHASE_NAME_MAX];
	int64_t duration_ms;
};

struct history_build {
	struct history_phase *phases;
	size_t count;
};

/* Zero-initialise before first use. */
struct history {
	struct history_build builds[HISTORY_BUILDS_MAX];
	size_t count;
};

/* Takes a file's text; what makes no sense in it is left out. Pure. */
void history_parse(const char *text, size_t length, struct history *history);

/* The file's text with one more build, owned by the caller. Pure. */
char *history_with(const struct history *history, const struct phases *phases);

/* How long the build still takes, by the median of the last ones; -1 where they do not tell. Pure.
 */
int64_t history_left_ms(const struct history *history, const struct phases *phases, int64_t now_ms);

/* Those of the tree at `source`, an absolute path; none where there is no file. */
void history_load(const char *source, struct history *history);

/* Adds a good build to them; that it cannot be written is not worth a word. */
void history_save(const char *source, const struct history *history, const struct phases *phases);

void history_finish(struct history *history);
