/* SPDX-License-Identifier: MIT */
#include "init/log.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/clock.h"

#define OWN_NAME    "berth-init"
#define COLOR_RESET "\033[0m"

enum {
	OWN_LINE_MAX = 1024,
	NAME_WIDTH_MAX = 24,
	PREFIX_MAX = 320,
	/* A pipe's whole capacity, several times over. */
	READS_MAX = 64,
	/* A pipe that polls writable takes this much without blocking (pipe(7)). */
	SAFE_WRITE = 4096,
};

static const char *const colors[] = { "\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m",
	"\033[31m" };

/* --- the ring and the output ------------------------------------------------------------- */

static size_t ring_room(const struct log *log)
{
	return LOG_RING_SIZE - log->length;
}

static void ring_put(struct log *log, const char *bytes, size_t length)
{
	size_t tail = (log->head + log->length) % LOG_RING_SIZE;
	size_t first = length < LOG_RING_SIZE - tail ? length : LOG_RING_SIZE - tail;

	memcpy(log->ring + tail, bytes, first);
	memcpy(log->ring, bytes + first, length - first);
	log->length += length;
}

static size_t prefix(const struct log *log, const char *name, size_t color, char *out)
{
	const char *on = log->color ? colors[color % (sizeof(colors) / sizeof(colors[0]))] : "";
	const char *off = log->color ? COLOR_RESET : "";

	return (size_t)snprintf(out, PREFIX_MAX, "%s%-*.255s |%s ", on, log->name_width, name, off);
}

/* One line with its prefix; false if there is no room for it now. */
static bool put_line(
	struct log *log, const char *name, size_t color, const char *line, size_t length)
{
	char text[PREFIX_MAX];
	size_t prefix_length = prefix(log, name, color, text);

	if (ring_room(log) < prefix_length + length + 1) {
		return false;
	}
	ring_put(log, text, prefix_length);
	ring_put(log, line, length);
	ring_put(log, "\n", 1);
	return true;
}

/* Writes without blocking, whatever the descriptor is. */
static ssize_t write_some(const struct log *log, const char *bytes, size_t length)
{
	if (log->is_socket) {
		return send(log->fd, bytes, length, MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	if (!log->own_fd) {
		struct pollfd poll_fd = { .fd = log->fd, .events = POLLOUT };

		if (poll(&poll_fd, 1, 0) == 0) {
			errno = EAGAIN;
			return -1;
		}
		length = length < SAFE_WRITE ? length : SAFE_WRITE;
	}
	return write(log->fd, bytes, length);
}

static void tell_lost(struct log *log)
{
	char text[128];

	if (!log->lost || ring_room(log) < sizeof(text) + PREFIX_MAX) {
		return;
	}
	int length = snprintf(text, sizeof(text), "%llu bytes of the log were lost",
		(unsigned long long)log->lost);
	log->lost = 0;
	put_line(log, OWN_NAME, 0, text, (size_t)length);
}

/* A full disk loses what is written meanwhile; a reader that is gone loses all from then on. */
static void refused(struct log *log, int error)
{
	log->lost += log->length;
	log->head = log->length = 0;
	log->broken = error != ENOSPC && error != EDQUOT && error != EFBIG;
}

/* Writes what the ring holds, until the output takes no more. True when it is empty. */
static bool flush(struct log *log)
{
	while (log->length) {
		size_t chunk = LOG_RING_SIZE - log->head;
		ssize_t n = write_some(
			log, log->ring + log->head, chunk < log->length ? chunk : log->length);

		if (n > 0) {
			log->head = (log->head + (size_t)n) % LOG_RING_SIZE;
			log->length -= (size_t)n;
		} else if (n < 0 && errno == EAGAIN) {
			return false;
		} else if (n == 0 || errno != EINTR) {
			refused(log, n == 0 ? ENOSPC : errno);
		}
	}
	log->head = 0;
	return true;
}

static void wait_for_output(struct log *log, bool wait)
{
	if (wait && !log->waiting) {
		ev_io_start(log->loop, &log->watch);
	} else if (!wait && log->waiting) {
		ev_io_stop(log->loop, &log->watch);
	}
	log->waiting = wait;
}

/* --- the channels ------------------------------------------------------------------------ */

static void show(const struct log_channel *c, const char *line, size_t length)
{
	if (c->observe) {
		c->observe(c->observer, line, length);
	}
}

/* Passes on the lines that are complete; false if the ring has no room for the next. */
static bool pass_lines(struct log_channel *c)
{
	while (c->start < c->end) {
		const char *line = c->buffer + c->start;
		size_t held = c->end - c->start;
		const char *newline = memchr(line, '\n', held);
		size_t length = newline ? (size_t)(newline - line) : held;

		if (!newline && held < LOG_LINE_MAX) {
			break;
		}
		if (!c->log->broken && !put_line(c->log, c->name, c->color, line, length)) {
			return false;
		}
		show(c, line, length);
		c->start += length + (newline != NULL);
	}
	memmove(c->buffer, c->buffer + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
	return true;
}

/* The last line may lack its newline. */
static bool pass_rest(struct log_channel *c)
{
	if (!pass_lines(c)) {
		return false;
	}
	if (c->end && !c->log->broken && !put_line(c->log, c->name, c->color, c->buffer, c->end)) {
		return false;
	}
	if (c->end) {
		show(c, c->buffer, c->end);
	}
	c->end = 0;
	return true;
}

/* Reads once. Returns whether there was something, or the end of it. */
static bool fill(struct log_channel *c)
{
	ssize_t n = read(c->read_fd, c->buffer + c->end, LOG_LINE_MAX - c->end);

	if (n > 0) {
		c->end += (size_t)n;
	} else if (n == 0 && pass_rest(c)) {
		ev_io_stop(c->log->loop, &c->watch);
		close(c->read_fd);
		c->read_fd = -1;
	}
	return n > 0;
}

static void pause_channels(struct log *log, bool pause)
{
	for (size_t i = 0; i < log->count; i++) {
		struct log_channel *c = &log->channels[i];

		if (c->read_fd >= 0 && pause) {
			ev_io_stop(log->loop, &c->watch);
		} else if (c->read_fd >= 0) {
			ev_io_start(log->loop, &c->watch);
		}
	}
}

static void on_channel(struct ev_loop *loop, ev_io *watch, int events)
{
	struct log_channel *c = watch->data;
	struct log *log = c->log;

	(void)loop;
	(void)events;
	/* Read before what is held is passed on: the ring may have room for both by then. */
	if (c->end < LOG_LINE_MAX) {
		fill(c);
	}
	bool passed;
	bool empty;
	do {
		passed = pass_lines(c);
		empty = flush(log);
	} while (!passed && empty);
	if (!passed) {
		pause_channels(log, true);
	}
	wait_for_output(log, !empty);
}

/* The output takes more: what was held back goes first, then the services may go on. */
static void on_output(struct ev_loop *loop, ev_io *watch, int events)
{
	struct log *log = watch->data;
	bool all = true;

	(void)loop;
	(void)events;
	if (!flush(log)) {
		return;
	}
	tell_lost(log);
	for (size_t i = 0; i < log->count; i++) {
		all = pass_lines(&log->channels[i]) && all;
	}
	bool empty = flush(log);
	wait_for_output(log, !empty || !all);
	if (all) {
		pause_channels(log, false);
	}
}

/* --- set-up and end ---------------------------------------------------------------------- */

/* Opens the output anew, so that O_NONBLOCK is ours alone: the description is shared with the
 * runtime and with services that inherit it. Regular files never block. */
static void adopt_output(struct log *log, int fd)
{
	struct stat st;
	char path[32];

	log->fd = fd;
	if (fstat(fd, &st) < 0) {
		return;
	}
	log->is_socket = S_ISSOCK(st.st_mode);
	log->own_fd = S_ISREG(st.st_mode);
	if (!S_ISFIFO(st.st_mode) && !S_ISCHR(st.st_mode)) {
		return;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	int own = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (own >= 0) {
		log->fd = own;
		log->own_fd = true;
	}
}

int log_init(struct log *log, struct ev_loop *loop, int fd, size_t count)
{
	*log = (struct log) { .loop = loop, .count = count, .name_width = sizeof(OWN_NAME) - 1 };
	log->ring = malloc(LOG_RING_SIZE);
	/* Untouched pages cost nothing, so they are not cleared either: one page becomes real where
	 * a service writes. */
	log->buffers = reallocarray(NULL, count ? count : 1, LOG_LINE_MAX);
	log->channels = calloc(count ? count : 1, sizeof(*log->channels));
	if (!log->ring || !log->buffers || !log->channels) {
		log_finish(log);
		return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		struct log_channel *c = &log->channels[i];

		c->log = log;
		c->color = i + 1;
		c->buffer = log->buffers + i * LOG_LINE_MAX;
		c->read_fd = c->write_fd = -1;
		ev_init(&c->watch, on_channel);
	}
	adopt_output(log, fd);
	log->color = isatty(fd) && !getenv("NO_COLOR");
	ev_io_init(&log->watch, on_output, log->fd, EV_WRITE);
	log->watch.data = log;
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

void log_channel_join(struct log *log, size_t index, size_t other)
{
	log->channels[index].name = log->channels[other].name;
	log->channels[index].color = log->channels[other].color;
}

void log_channel_observe(struct log *log, size_t index, log_observer *observe, void *observer)
{
	log->channels[index].observe = observe;
	log->channels[index].observer = observer;
}

int log_channel_open(struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];
	int ends[2];

	if (c->write_fd >= 0) {
		return c->write_fd;
	}
	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	if (c->read_fd >= 0) { /* of a run that is over, whose left-overs may still hold it */
		ev_io_stop(log->loop, &c->watch);
		close(c->read_fd);
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

/* What the pipe holds now, within a bound: a writer may never end. True if more may be there. */
static bool drain_channel(struct log_channel *c)
{
	for (int i = 0; i < READS_MAX; i++) {
		if (!pass_lines(c)) {
			return true;
		}
		if (c->read_fd < 0 || !fill(c)) {
			return false;
		}
		flush(c->log);
	}
	return true;
}

void log_channel_catch_up(struct log *log, size_t index)
{
	drain_channel(&log->channels[index]);
	wait_for_output(log, !flush(log));
}

void log_channel_flush(struct log *log, size_t index)
{
	struct log_channel *c = &log->channels[index];

	if (!drain_channel(c)) {
		pass_rest(c);
	}
	wait_for_output(log, !flush(log));
}

static void close_writer(struct log_channel *c)
{
	if (c->write_fd >= 0) {
		close(c->write_fd);
		c->write_fd = -1;
	}
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
	if (!log->broken && !put_line(log, OWN_NAME, 0, text, kept)) {
		log->lost += kept;
	}
	wait_for_output(log, !flush(log));
}

static size_t held_back(const struct log *log)
{
	size_t held = log->length;

	for (size_t i = 0; i < log->count; i++) {
		held += log->channels[i].end - log->channels[i].start;
	}
	return held;
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
			more = drain_channel(&log->channels[i]) || !pass_rest(&log->channels[i]) ||
			       more;
		}
		bool empty = flush(log);
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
		struct log_channel *c = &log->channels[i];

		if (c->read_fd >= 0) {
			ev_io_stop(log->loop, &c->watch);
			close(c->read_fd);
		}
		close_writer(c);
	}
	if (log->waiting) {
		ev_io_stop(log->loop, &log->watch);
	}
	free(log->ring);
	free(log->buffers);
	free(log->channels);
	log->ring = log->buffers = NULL;
	log->channels = NULL;
	log->count = 0;
}
