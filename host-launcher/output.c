/* SPDX-License-Identifier: MIT */
#include "host-launcher/output.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "host-launcher/clock.h"
#include "host-launcher/file.h"
#include "host-launcher/live.h"

void output_init(struct output *output, int fd, int log_fd)
{
	*output = (struct output) {
		.fd = fd,
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

static bool takes_more(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };
	return poll(&poll_fd, 1, 0) > 0 && poll_fd.revents;
}

void output_flush(struct output *output)
{
	while (output_pending(output) && takes_more(output->fd)) {
		size_t left = output->pending.length - output->sent;
		if (output->is_terminal) {
			live_hide();
		}
		ssize_t done = write(output->fd, output->pending.data + output->sent,
			left < OUTPUT_CHUNK ? left : OUTPUT_CHUNK);
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
	buffer_finish(&output->pending);
}
