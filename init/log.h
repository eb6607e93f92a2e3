/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The log: what services write comes through one pipe each, and leaves on one descriptor as whole
 * lines with the service's name in front. Nothing is lost: while the reader of the output is slow,
 * the pipes fill and the services wait, but never PID 1; services that had rather lose lines, or
 * have them wait on disk, can (LogOverflow=). A line longer than LOG_LINE_MAX bytes is continued on
 * a next line. Memory is allocated by log_init() only.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/service_config.h"
#include "init/log_json.h"
#include "init/recent.h"
#include "init/spill.h"

enum {
	LOG_LINE_MAX = 16384,
	LOG_RING_SIZE = 131072,
};

enum log_format {
	LOG_SHORT, /* the name, and the line as it came */
	LOG_JSON,  /* see log_json.h */
};

/* Gets to see a line, which is not terminated. */
typedef void log_observer(void *observer, const char *line, size_t length);

struct log_channel {
	struct log *log;
	const char *name;
	size_t color;
	int read_fd; /* -1 before log_channel_open() and after the end */
	int write_fd;
	ev_io watch;
	char *buffer; /* LOG_LINE_MAX bytes */
	size_t start; /* of what is read and not yet passed on */
	size_t end;
	enum log_overflow overflow; /* what becomes of what finds no room */
	struct spill spill;         /* what came behind what `buffer` holds */
	uint64_t dropped_lines;     /* not yet told */
	uint64_t dropped_bytes;
	log_observer *observe; /* or NULL */
	void *observer;
	bool timed; /* `spoke_ms` is wanted */
	int64_t spoke_ms;
	struct recent *recent; /* its last lines; that of a joined channel is the other's */
};

struct log {
	struct ev_loop *loop;
	int fd;
	bool own_fd; /* `fd` is ours alone and does not block */
	bool is_socket;
	bool broken;  /* the reader is gone: what comes is thrown away */
	bool waiting; /* for the output to take more */
	bool paused;  /* there is no room: the pipes of services that wait are not read */
	bool color;
	int name_width;
	struct log_json json; /* zero: lines are text */
	ev_io watch;
	char *ring; /* LOG_RING_SIZE bytes, and behind it the buffers and last lines of the channels
		     */
	size_t head;
	size_t length;
	uint64_t lost;    /* bytes that the output refused, not yet told */
	uint64_t told;    /* of what is told of them, and not out yet */
	size_t told_left; /* of the ring, until that is out; 0: nothing is being told */
	size_t told_size; /* of the line that tells it */
	char last;        /* byte that went out */
	uint64_t taken;   /* how many did */
	struct recent *recents;
	struct log_channel *channels;
	size_t count;
};

/*
 * Prepares a log of `count` channels on descriptor `fd`, which stays open and is not changed:
 * where it would block, it is opened anew through /proc. Returns 0 or -ENOMEM.
 */
int log_init(struct log *log, struct ev_loop *loop, int fd, enum log_format format, size_t count);

/*
 * Another number of channels: channel i is the one that was from[i], with all that it holds, or a
 * new one if that is -1; what is not among them is closed. All must be named anew. Returns 0, or
 * -ENOMEM and nothing has changed.
 */
int log_rearrange(struct log *log, size_t count, const ssize_t *from);

/* Names a channel; `name` must live as long as the log. Names are aligned by the longest. */
void log_channel_name(struct log *log, size_t index, const char *name);

/* What becomes of what finds no room in the output: its writer waits, as by default; or it is
 * dropped, counted and told, or goes to a file until there is room, and its writer never waits. A
 * disk that is full makes it wait nevertheless. */
void log_channel_overflow(struct log *log, size_t index, enum log_overflow overflow);

/* Gives a channel the name, the colour and the last lines of another one, which has its name
 * already; whether it is timed, too. */
void log_channel_join(struct log *log, size_t index, size_t other);

/* From now on it is known when a line came last (CLOCK_MONOTONIC), 0 before the first. While it
 * waits for the output's reader, one comes all the time. */
void log_channel_time(struct log *log, size_t index);
int64_t log_channel_spoke_ms(const struct log *log, size_t index);

/* Shows each line that is passed on from now on to `observe`; NULL ends that. It may be called from
 * within. */
void log_channel_observe(struct log *log, size_t index, log_observer *observe, void *observer);

/* Makes the pipe of a named channel, once; later calls change nothing. Returns the descriptor to
 * write to, or -errno. */
int log_channel_open(struct log *log, size_t index);

/* Passes on the lines that are in the pipe by now, so that they stand before what is told next. */
void log_channel_catch_up(struct log *log, size_t index);

/* Nothing more comes for now: passes on what is left, the last line also without its newline. */
void log_channel_flush(struct log *log, size_t index);

/* The service is over: its pipe goes as soon as nobody else holds it. */
void log_channel_close(struct log *log, size_t index);

/* A line of PID 1's own. Dropped, and counted as lost, if the output has no room. */
void log_print(struct log *log, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A service may have written what was not passed on yet. */
bool log_is_behind(const struct log *log);

/* Passes on all that is still in the pipes and waits for the output to take it, for
 * `timeout_ms` at most. Blocks. Returns the number of bytes that could not be passed on. */
size_t log_drain(struct log *log, int64_t timeout_ms);

/* Closes the pipes and frees the memory. */
void log_finish(struct log *log);
