/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/pump.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/base/terminal.h"
#include "host-launcher/engine/stream.h"

enum {
	CHUNK = 16384,
};

struct pumping {
	const struct pump *pump;
	struct stream stream;
	struct buffer input; /* read and not sent yet */
	bool input_over;
	bool output_over;
	bool more;       /* output may have come that no poll shows: see duplex.h */
	int terminal_fd; /* where it goes */
	int signal_fd;
	int signal; /* that ends it */
};

static void fit_terminal(const struct pump *pump)
{
	unsigned rows;
	unsigned columns;
	if (pump->terminal && pump->resize) {
		terminal_size(&rows, &columns);
		pump->resize(pump->user, rows, columns);
	}
}

static void take_signals(struct pumping *pumping)
{
	for (int signal; (signal = signals_read(pumping->signal_fd));) {
		if (signal == SIGWINCH) {
			fit_terminal(pumping->pump);
		} else {
			pumping->signal = signal;
		}
	}
}

/* Whoever reads may be slow, or stop: signals count then as well. What is left is dropped by one.
 * Returns 0 or -errno. */
static int put(struct pumping *pumping, int fd, const char *data, size_t length)
{
	while (length && !pumping->signal) {
		struct pollfd fds[2] = {
			{ .fd = pumping->signal_fd, .events = POLLIN },
			{ .fd = fd, .events = POLLOUT },
		};
		if (poll(fds, 2, -1) < 0 && errno != EINTR) {
			return -errno;
		}
		if (fds[0].revents) {
			take_signals(pumping);
		}
		/* A pipe that has room takes this much without blocking: pipe(7). */
		ssize_t done =
			fds[1].revents ? write(fd, data, length < PIPE_BUF ? length : PIPE_BUF) : 0;
		if (done < 0 && errno != EINTR && errno != EAGAIN) {
			return -errno;
		}
		data += done > 0 ? done : 0;
		length -= done > 0 ? (size_t)done : 0;
	}
	return 0;
}

static void on_frame(enum stream_source source, const char *data, size_t length, void *user)
{
	(void)put(user, source == STREAM_STDERR ? STDERR_FILENO : STDOUT_FILENO, data, length);
}

/* A chunk of what has come, so that input and signals have their turn before the next. Returns 0 or
 * -errno. */
static int take_output(struct pumping *pumping)
{
	char chunk[CHUNK];
	ssize_t got = duplex_read(pumping->pump->duplex, chunk, sizeof(chunk));
	pumping->more = got > 0;
	if (got <= 0) {
		pumping->output_over = got != -EAGAIN;
		return got == -EAGAIN ? 0 : (int)got;
	}
	if (pumping->pump->terminal) {
		return put(pumping, pumping->terminal_fd, chunk, (size_t)got);
	}
	return stream_feed(&pumping->stream, chunk, (size_t)got, on_frame, pumping);
}

static void take_input(struct pumping *pumping)
{
	char chunk[CHUNK];
	ssize_t got = read(STDIN_FILENO, chunk, sizeof(chunk));
	if (got > 0) {
		buffer_append(&pumping->input, chunk, (size_t)got);
	} else if (got == 0 || errno != EINTR) {
		pumping->input_over = true;
	}
}

static int send_input(struct pumping *pumping)
{
	while (pumping->input.length) {
		ssize_t done = duplex_write(
			pumping->pump->duplex, pumping->input.data, pumping->input.length);
		if (done < 0) {
			return done == -EAGAIN ? 0 : (int)done;
		}
		buffer_consume(&pumping->input, (size_t)done);
	}
	return 0;
}

/* One wait and what came of it. Returns 0 or -errno. */
static int step(struct pumping *pumping)
{
	bool was_open = !pumping->input_over;
	/* More input only when what there is has gone out. */
	bool reads = was_open && pumping->input.length == 0;
	struct pollfd fds[3] = {
		{ .fd = pumping->signal_fd, .events = POLLIN },
		{ .fd = duplex_fd(pumping->pump->duplex),
			.events = pumping->input.length ? POLLIN | POLLOUT : POLLIN },
		{ .fd = reads ? STDIN_FILENO : -1, .events = POLLIN },
	};
	if (poll(fds, 3, pumping->more ? 0 : -1) < 0) {
		return errno == EINTR ? 0 : -errno;
	}
	if (fds[0].revents) {
		take_signals(pumping);
	}
	if (fds[2].revents) {
		take_input(pumping);
	}
	int rc = send_input(pumping);
	if (rc == 0) {
		rc = take_output(pumping);
	}
	if (was_open && pumping->input_over && pumping->input.length == 0) {
		duplex_end_writing(pumping->pump->duplex);
	}
	return rc;
}

int pump_run(const struct pump *pump, struct failure *failure)
{
	struct pumping pumping = { .pump = pump, .signal_fd = -1, .terminal_fd = -1 };
	int rc = signals_open_with(SIGWINCH, &pumping.signal_fd);
	if (rc == 0 && pump->terminal) {
		rc = terminal_make_raw();
	}
	if (rc < 0) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot use the terminal: %s", strerror(-rc));
	}
	if (pump->terminal) {
		pumping.terminal_fd = terminal_open_output();
	}
	fit_terminal(pump);
	rc = take_output(&pumping);
	while (rc == 0 && !pumping.output_over && !pumping.signal) {
		rc = step(&pumping);
	}
	terminal_restore();
	buffer_finish(&pumping.input);
	close(pumping.signal_fd);
	close(pumping.terminal_fd);
	if (pumping.signal) {
		return EXIT_SIGNAL_BASE + pumping.signal;
	}
	return rc == 0 ? 0
		       : failure_set(
				 failure, EXIT_ENGINE_LOST, "lost the shell: %s", strerror(-rc));
}
