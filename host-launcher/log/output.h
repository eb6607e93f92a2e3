/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where a build's log goes: to a stream that may be slow or break, whole; to the log file; and its
 * last lines into memory. The stream is written only as far as it takes something without blocking,
 * so a stalled reader stalls the build but never the launcher.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/log/phases.h"
#include "host-launcher/log/tail.h"

enum {
	/* Beyond this much nothing more should be added. */
	OUTPUT_WINDOW = 256 << 10,
	/* What polls writable takes this much without blocking: of a pipe, PIPE_BUF. */
	OUTPUT_CHUNK = 4096,
};

struct output {
	int fd;             /* not owned */
	int pipe_fd;        /* the same pipe, but non-blocking; -1: it is none; owned */
	int log_fd;         /* owned; -1: no more log */
	int log_error;      /* errno of the write that ended it, or 0 */
	bool broken;        /* nothing more can be written to the stream */
	int stream_error;   /* errno of the write that broke it, 0 where its reader has just gone */
	bool is_terminal;   /* the stream */
	bool at_line_start; /* what was written to it ends with a line */
	struct buffer pending;
	size_t sent; /* of pending */
	struct tail tail;
	struct phases *phases; /* to be read off the log; not owned; NULL: they are not */
};

/* Takes over `log_fd`. */
void output_init(struct output *output, int fd, int log_fd);

void output_add(struct output *output, const char *data, size_t length);

/* Whether there is something for the stream: then poll its descriptor and call output_flush(). */
bool output_pending(const struct output *output);
bool output_full(const struct output *output);

/* Writes while the stream takes it without blocking. */
void output_flush(struct output *output);

/* Closes the log, flushed to the disk; an error is in `log_error`. */
void output_close_log(struct output *output);

void output_finish(struct output *output);
