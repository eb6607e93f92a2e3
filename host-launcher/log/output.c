/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/output.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/clock.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/live.h"

/* A pipe that is opened once more does not block us, and goes on blocking whoever else has it. It
 * takes what there is room for in one write, where polling says no more than that there is some. */
static int open_pipe(int fd)
{
	char path[64];
	struct stat status;
	if (fstat(fd, &status) < 0 || !S_ISFIFO(status.st_mode)) {
		return -1;
	}
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
}

void output_init(struct output *output, int fd, int log_fd)
{
	*output = (struct output) {
		.fd = fd,
		.pipe_fd = open_pipe(fd),
		.log_fd = log_fd,
		.is_terminal = isatty(fd),
		.at_line_start = true,
	};
}

void output_add(struct output *output, const char *data, size_t length)
{
	tail_feed(&output->tail, data, length);
	if (output->phases) {
		phases_feed(output->phases, data, length, clock_now_ms());
	}
	if (output->log_fd >= 0) {
		int rc = file_write_all(output->log_fd, data, length);
		if (rc < 0) {
			output->log_error = -rc;
			close(output->log_fd);
			output->log_fd = -1;
		}
	}
	if (!output->broken) {
		buffer_append(&output->pending, data, length);
	}
}

bool output_pending(const struct output *output)
{
	return output->pending.length > output->sent;
}

bool output_full(const struct output *output)
{
	return output->pending.length - output->sent >= OUTPUT_WINDOW;
}

static void drop_pending(struct output *output)
{
	output->pending.length = 0;
	output->sent = 0;
}

static bool takes_more(const struct output *output)
{
	struct pollfd poll_fd = { .fd = output->fd, .events = POLLOUT };
	return output->pipe_fd >= 0 || (poll(&poll_fd, 1, 0) > 0 && poll_fd.revents);
}

static ssize_t write_some(const struct output *output)
{
	const char *data = output->pending.data + output->sent;
	size_t left = output->pending.length - output->sent;
	return output->pipe_fd >= 0
		       ? write(output->pipe_fd, data, left)
		       : write(output->fd, data, left < OUTPUT_CHUNK ? left : OUTPUT_CHUNK);
}

void output_flush(struct output *output)
{
	while (output_pending(output) && takes_more(output)) {
		if (output->is_terminal) {
			live_hide();
		}
		ssize_t done = write_some(output);
		if (done < 0) {
			if (errno == EINTR || errno == EAGAIN) {
				return;
			}
			output->broken = true;
			output->stream_error = errno == EPIPE ? 0 : errno;
			break;
		}
		output->sent += (size_t)done;
		output->at_line_start = output->pending.data[output->sent - 1] == '\n';
	}
	if (output->broken || !output_pending(output)) {
		drop_pending(output);
	}
}

void output_close_log(struct output *output)
{
	if (output->log_fd >= 0) {
		if (fsync(output->log_fd) < 0 && errno != EINVAL) {
			output->log_error = errno;
		}
		close(output->log_fd);
		output->log_fd = -1;
	}
}

void output_finish(struct output *output)
{
	output_close_log(output);
	if (output->pipe_fd >= 0) {
		close(output->pipe_fd);
		output->pipe_fd = -1;
	}
	buffer_finish(&output->pending);
}
