/* SPDX-License-Identifier: MIT */
#include "init/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/clock.h"
#include "init/log_input.h"
#include "init/log_output.h"

enum {
	OWN_LINE_MAX = 1024,
	NAME_WIDTH_MAX = 24,
};

/* Whether it waits for room, and its service may well wait for it in write(). */
static bool is_held_up(struct log_channel *c)
{
	return c->log->paused && c->read_fd >= 0 && !ev_is_active(&c->watch);
}

int64_t log_channel_spoke_ms(const struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];

	return c->timed && is_held_up(c) ? clock_now_ms() : c->spoke_ms;
}

/* Whoever makes room, only on_output() ends a pause: the output is watched until then. */
static void pause_channels(struct log *log, bool pause)
{
	for (size_t i = 0; i < log->count; i++) {
		struct log_channel *c = &log->channels[i];

		if (c->read_fd >= 0 && !pause) {
			c->spoke_ms = log_channel_spoke_ms(log, i);
			ev_io_start(log->loop, &c->watch);
		} else if (c->read_fd >= 0 && c->overflow == LOG_OVERFLOW_BLOCK) {
			ev_io_stop(log->loop, &c->watch);
		}
	}
	log->paused = pause;
}

static void on_channel(struct ev_loop *loop, ev_io *watch, int events)
{
	struct log_channel *c = watch->data;
	struct log *log = c->log;

	(void)loop;
	(void)events;
	if (log->paused && c->overflow == LOG_OVERFLOW_SPILL) {
		log_input_spill(c);
		return;
	}
	/* Read before what is held is passed on: the ring may have room for both by then. */
	if (c->end < LOG_LINE_MAX) {
		log_input_fill(c);
	}
	bool passed;
	bool empty;
	do {
		passed = log_input_pass_lines(c);
		empty = log_output_flush(log);
	} while (!passed && empty);
	if (!passed) {
		pause_channels(log, true);
	}
	log_output_wait(log, !empty);
}

/* The output takes more: what was held back goes first, then the services may go on. */
static void on_output(struct ev_loop *loop, ev_io *watch, int events)
{
	struct log *log = watch->data;
	bool all = true;

	(void)loop;
	(void)events;
	if (!log_output_flush(log)) {
		return;
	}
	log_tell_lost(log);
	for (size_t i = 0; i < log->count; i++) {
		all = log_input_tell_dropped(&log->channels[i]) &&
		      log_input_pass_held(&log->channels[i]) && all;
	}
	if (all) {
		pause_channels(log, false);
	}
	log_output_wait(log, !log_output_flush(log) || !all);
}

/* --- set-up and end ---------------------------------------------------------------------- */

static void close_writer(struct log_channel *c)
{
	if (c->write_fd >= 0) {
		close(c->write_fd);
		c->write_fd = -1;
	}
}

static void close_channel(struct log_channel *c)
{
	if (c->read_fd >= 0) {
		ev_io_stop(c->log->loop, &c->watch);
		close(c->read_fd);
	}
	close_writer(c);
	spill_finish(&c->spill);
}

/* Untouched pages cost nothing, so they are not cleared either: one page becomes real where a
 * service writes. */
static int allocate(struct log *log, size_t count)
{
	log->ring = count < SIZE_MAX / LOG_LINE_MAX / 2
			    ? malloc(LOG_RING_SIZE + count * (LOG_LINE_MAX + RECENT_SIZE))
			    : NULL;
	log->channels = calloc(count ? count : 1, sizeof(*log->channels));
	log->recents = calloc(count ? count : 1, sizeof(*log->recents));
	log->count = count;
	if (!log->ring || !log->channels || !log->recents) {
		free(log->ring);
		free(log->channels);
		free(log->recents);
		return -ENOMEM;
	}
	return 0;
}

static void init_channel(struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];

	c->log = log;
	c->color = index + 1;
	c->buffer = log->ring + LOG_RING_SIZE + index * LOG_LINE_MAX;
	c->recent = &log->recents[index];
	c->recent->bytes =
		log->ring + LOG_RING_SIZE + log->count * LOG_LINE_MAX + index * RECENT_SIZE;
	c->read_fd = c->write_fd = -1;
	c->spill = SPILL_EMPTY;
	ev_init(&c->watch, on_channel);
}

int log_init(struct log *log, struct ev_loop *loop, int fd, enum log_format format, size_t count)
{
	*log = (struct log) { .loop = loop, .name_width = sizeof(OWN_NAME) - 1 };
	if ((format == LOG_JSON && log_json_init(&log->json) < 0) || allocate(log, count) < 0) {
		log_json_finish(&log->json);
		*log = (struct log) { 0 };
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		init_channel(log, i);
	}
	log_output_adopt(log, fd);
	log->color = isatty(fd) && !getenv("NO_COLOR");
	ev_io_init(&log->watch, on_output, log->fd, EV_WRITE);
	log->watch.data = log;
	return 0;
}

/* What an active watcher is must not move. */
static void move_channel(struct log_channel *to, struct log_channel *from)
{
	struct ev_loop *loop = to->log->loop;
	bool active = ev_is_active(&from->watch);
	const struct log_channel own = *to;

	ev_io_stop(loop, &from->watch);
	memcpy(own.buffer, from->buffer + from->start, from->end - from->start);
	memcpy(own.recent->bytes, from->recent->bytes, RECENT_SIZE);
	own.recent->head = from->recent->head;
	own.recent->length = from->recent->length;
	*to = *from;
	to->buffer = own.buffer;
	to->recent = own.recent;
	to->end -= to->start;
	to->start = 0;
	to->overflow = LOG_OVERFLOW_BLOCK;
	to->watch.data = to;
	from->read_fd = from->write_fd = -1;
	from->start = from->end = 0;
	from->spill = SPILL_EMPTY;
	if (active) {
		ev_io_start(loop, &to->watch);
	}
}

int log_rearrange(struct log *log, size_t count, const ssize_t *from)
{
	struct log old = *log;

	if (allocate(log, count) < 0) {
		*log = old;
		return -ENOMEM;
	}
	memcpy(log->ring, old.ring, LOG_RING_SIZE);
	log->name_width = sizeof(OWN_NAME) - 1;
	for (size_t i = 0; i < count; i++) {
		init_channel(log, i);
		if (from[i] >= 0) {
			move_channel(&log->channels[i], &old.channels[from[i]]);
		}
	}
	for (size_t i = 0; i < old.count; i++) {
		log->lost += log_input_held(&old.channels[i]);
		close_channel(&old.channels[i]);
	}
	free(old.ring);
	free(old.channels);
	free(old.recents);
	return 0;
}

void log_channel_name(struct log *log, size_t index, const char *name)
{
	int width = (int)strlen(name);

	log->channels[index].name = name;
	if (width > log->name_width) {
		log->name_width = width < NAME_WIDTH_MAX ? width : NAME_WIDTH_MAX;
	}
}

void log_channel_overflow(struct log *log, size_t index, enum log_overflow overflow)
{
	log->channels[index].overflow = overflow;
}

void log_channel_time(struct log *log, size_t index)
{
	log->channels[index].timed = true;
}

void log_channel_join(struct log *log, size_t index, size_t other)
{
	log->channels[index].name = log->channels[other].name;
	log->channels[index].color = log->channels[other].color;
	log->channels[index].recent = log->channels[other].recent;
	log->channels[index].timed = log->channels[other].timed;
}

void log_channel_observe(struct log *log, size_t index, log_observer *observe, void *observer)
{
	log->channels[index].observe = observe;
	log->channels[index].observer = observer;
}

/* The pipe of a run that is over goes on: it was not read to its end, or left-overs hold it. */
static int open_again(struct log_channel *c)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", c->read_fd);
	c->write_fd = open(path, O_WRONLY | O_CLOEXEC);
	return c->write_fd;
}

/* Without /proc another pipe takes its place. */
static void abandon(struct log_channel *c)
{
	int unread;

	if (ioctl(c->read_fd, FIONREAD, &unread) == 0) {
		c->log->lost += (uint64_t)unread;
	}
	ev_io_stop(c->log->loop, &c->watch);
	close(c->read_fd);
}

int log_channel_open(struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];
	int ends[2];

	if (c->write_fd >= 0) {
		return c->write_fd;
	}
	if (c->read_fd >= 0 && open_again(c) >= 0) {
		/* Its end may have been seen, and a writer that must not wait is back. */
		if (c->overflow != LOG_OVERFLOW_BLOCK) {
			ev_io_start(log->loop, &c->watch);
		}
		return c->write_fd;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	if (c->read_fd >= 0) {
		abandon(c);
	}
	/* The reading end alone: the services get theirs as any program expects it. */
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	c->read_fd = ends[0];
	c->write_fd = ends[1];
	ev_io_set(&c->watch, c->read_fd, EV_READ);
	c->watch.data = c;
	ev_io_start(log->loop, &c->watch);
	return c->write_fd;
}

void log_channel_catch_up(struct log *log, size_t index)
{
	log_input_drain(&log->channels[index]);
	log_output_wait(log, !log_output_flush(log));
}

void log_channel_flush(struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];

	if (!log_input_drain(c)) {
		log_input_pass_rest(c);
	}
	log_output_wait(log, !log_output_flush(log));
}

void log_channel_close(struct log *log, size_t index)
{
	close_writer(&log->channels[index]);
	log_channel_flush(log, index);
}

void log_print(struct log *log, const char *format, ...)
{
	char text[OWN_LINE_MAX];
	va_list arguments;

	va_start(arguments, format);
	int length = vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	size_t kept = length < OWN_LINE_MAX ? (size_t)length : OWN_LINE_MAX - 1;
	if (!log->broken && !log_put_line(log, OWN_NAME, 0, text, kept)) {
		log->lost += kept;
	}
	log_output_wait(log, !log_output_flush(log));
}

static size_t held_back(const struct log *log)
{
	size_t held = log->length;

	for (size_t i = 0; i < log->count; i++) {
		held += log_input_held(&log->channels[i]);
	}
	return held;
}

bool log_is_behind(const struct log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		const struct log_channel *c = &log->channels[i];

		if (c->read_fd >= 0 || log_input_held(c)) {
			return true;
		}
	}
	return false;
}

size_t log_drain(struct log *log, int64_t timeout_ms)
{
	int64_t deadline_ms = clock_now_ms() + timeout_ms;

	for (size_t i = 0; i < log->count; i++) {
		close_writer(&log->channels[i]);
	}
	for (;;) {
		struct pollfd output = { .fd = log->fd, .events = POLLOUT };
		bool more = false;

		for (size_t i = 0; i < log->count; i++) {
			more = log_input_drain(&log->channels[i]) ||
			       !log_input_pass_rest(&log->channels[i]) || more;
		}
		log_tell_lost(log);
		bool empty = log_output_flush(log);
		int64_t rest_ms = deadline_ms - clock_now_ms();
		if (empty && !more) {
			return 0;
		}
		if (rest_ms <= 0) {
			return held_back(log);
		}
		poll(&output, 1, empty ? 0 : (int)rest_ms);
	}
}

void log_finish(struct log *log)
{
	for (size_t i = 0; log->channels && i < log->count; i++) {
		close_channel(&log->channels[i]);
	}
	if (log->waiting) {
		ev_io_stop(log->loop, &log->watch);
	}
	log_json_finish(&log->json);
	free(log->ring);
	free(log->channels);
	free(log->recents);
	log->recents = NULL;
	log->ring = NULL;
	log->channels = NULL;
	log->count = 0;
}
