/* SPDX-License-Identifier: MIT */
#include "init/log_output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define COLOR_RESET "\033[0m"

enum {
	PREFIX_MAX = 320,
	/* A pipe that polls writable takes this much without blocking (pipe(7)). */
	SAFE_WRITE = 4096,
};

static const char *const colors[] = { "\033[36m", "\033[33m", "\033[32m", "\033[35m", "\033[34m",
	"\033[31m" };

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

static bool put_json(struct log *log, const char *name, const char *line, size_t length)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	int64_t now_us = (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
	size_t size = log_json_make(&log->json, now_us, name, line, length);
	if (ring_room(log) < size) {
		return false;
	}
	ring_put(log, log->json.text, size);
	return true;
}

static bool put_line(
	struct log *log, const char *name, size_t color, const char *line, size_t length)
{
	if (log->json.stream) {
		return put_json(log, name, line, length);
	}
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

bool log_put_line(struct log *log, const char *name, size_t color, const char *line, size_t length)
{
	log_tell_lost(log);
	return put_line(log, name, color, line, length);
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

void log_tell_lost(struct log *log)
{
	char text[128];

	if (!log->lost || log->told_left || ring_room(log) < sizeof(text) + PREFIX_MAX) {
		return;
	}
	/* A line may have been written in part. */
	if (!log->length && log->last && log->last != '\n') {
		ring_put(log, "\n", 1);
	}
	int length = snprintf(text, sizeof(text), "%llu bytes of the log were lost",
		(unsigned long long)log->lost);
	size_t before = log->length;
	put_line(log, OWN_NAME, 0, text, (size_t)length);
	log->told = log->lost;
	log->told_size = log->length - before;
	log->told_left = log->length;
	log->lost = 0;
}

/* A full disk loses what is written meanwhile; a reader that is gone loses all from then on. What
 * was to tell of an earlier loss is no loss itself. */
static void refused(struct log *log, int error)
{
	log->lost += log->length;
	if (log->told_left) {
		size_t rest = log->told_left < log->told_size ? log->told_left : log->told_size;

		log->lost = log->lost + log->told - rest;
		log->told_left = 0;
	}
	log->head = log->length = 0;
	log->broken = error != ENOSPC && error != EDQUOT && error != EFBIG;
}

static void went_out(struct log *log, size_t count)
{
	log->last = log->ring[(log->head + count - 1) % LOG_RING_SIZE];
	log->head = (log->head + count) % LOG_RING_SIZE;
	log->length -= count;
	log->taken += count;
	log->told_left = log->told_left > count ? log->told_left - count : 0;
}

/* Writes what the ring holds, until the output takes no more. True when it is empty. */
bool log_output_flush(struct log *log)
{
	while (log->length) {
		size_t chunk = LOG_RING_SIZE - log->head;
		ssize_t n = write_some(
			log, log->ring + log->head, chunk < log->length ? chunk : log->length);

		if (n > 0) {
			went_out(log, (size_t)n);
		} else if (n < 0 && errno == EAGAIN) {
			return false;
		} else if (n == 0 || errno != EINTR) {
			refused(log, n == 0 ? ENOSPC : errno);
		}
	}
	log->head = 0;
	return true;
}

void log_output_wait(struct log *log, bool wait)
{
	wait = wait || log->paused;
	if (wait && !log->waiting) {
		ev_io_start(log->loop, &log->watch);
	} else if (!wait && log->waiting) {
		ev_io_stop(log->loop, &log->watch);
	}
	log->waiting = wait;
}

/* Opens the output anew, so that O_NONBLOCK is ours alone: the description is shared with the
 * runtime and with services that inherit it. Regular files never block. */
void log_output_adopt(struct log *log, int fd)
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
