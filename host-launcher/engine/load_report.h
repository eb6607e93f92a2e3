/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What an engine reports while it loads an image: JSON objects, one a line, split anywhere, with
 * "stream", "error" and progress. Docker answers HTTP 200 for broken archives; the truth is here.
 * Pure and incremental.
 */

#include <stddef.h>

#include "host-launcher/base/buffer.h"

enum {
	LOAD_REPORT_LINE_MAX = 64 << 10,
};

/* Zero-initialise before first use. */
struct load_report {
	struct buffer line;
	struct buffer raw; /* the first bytes, for errors that are no JSON lines */
	char *error;
	char *loaded;
};

void load_report_feed(struct load_report *report, const char *data, size_t length);

/* The response is over; a last line needs no newline. */
void load_report_end(struct load_report *report);

/* The first error that was reported, or NULL. Owned by the report, as are the next two. */
const char *load_report_error(const struct load_report *report);

/* "sha256:..." or NAME:TAG of the last image that was reported loaded, or NULL. */
const char *load_report_loaded(const struct load_report *report);

const char *load_report_raw(const struct load_report *report);

void load_report_finish(struct load_report *report);
