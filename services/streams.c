/* SPDX-License-Identifier: MIT */
#include "services/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

static int open_null(const struct spawn_host *host)
{
	return host->null_fd >= 0 ? fcntl(host->null_fd, F_DUPFD_CLOEXEC, 3)
				  : open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static int open_file(const struct exec_stream *stream, bool input)
{
	int flags = O_CLOEXEC | O_NOCTTY | (input ? O_RDONLY : O_WRONLY | O_CREAT);

	flags |= stream->kind == STREAM_APPEND ? O_APPEND : 0;
	flags |= stream->kind == STREAM_TRUNCATE ? O_TRUNC : 0;
	return open(stream->path, flags, 0644);
}

/* Puts what `stream` says on descriptor `target`; -1 and errno if it cannot. */
static int open_stream(const struct spawn_host *host, const struct spawn_request *request,
	const struct exec_stream *stream, int target)
{
	int fd = -1;

	switch (stream->kind) {
	case STREAM_INHERIT:
		return 0;
	case STREAM_DEFAULT:
	case STREAM_LOG:
		if (target == STDIN_FILENO) {
			fd = open_null(host);
			break;
		}
		/* Without a log the container's own output takes it. */
		return request->log_fd < 0 ? 0 : dup2(request->log_fd, target);
	case STREAM_NULL:
		fd = open_null(host);
		break;
	case STREAM_FILE:
	case STREAM_APPEND:
	case STREAM_TRUNCATE:
		fd = open_file(stream, target == STDIN_FILENO);
		break;
	}
	if (fd < 0 || fd == target) {
		return fd;
	}
	int r = dup2(fd, target);
	close(fd);
	return r;
}

/* systemd.exec(5): standard error goes where standard output goes unless told. */
static int open_error(const struct spawn_host *host, const struct spawn_request *request)
{
	const struct exec_context *exec = &request->config->exec;

	if (exec->error.kind != STREAM_DEFAULT) {
		return open_stream(host, request, &exec->error, STDERR_FILENO);
	}
	return exec->output.kind == STREAM_INHERIT ? 0 : dup2(STDOUT_FILENO, STDERR_FILENO);
}

int streams_open(
	const struct spawn_host *host, const struct spawn_request *request, struct step_place *at)
{
	const struct exec_context *exec = &request->config->exec;

	at->step = STEP_STDIN;
	int r = open_stream(host, request, &exec->input, STDIN_FILENO);
	if (r >= 0) {
		at->step = STEP_STDOUT;
		r = open_stream(host, request, &exec->output, STDOUT_FILENO);
	}
	if (r >= 0) {
		at->step = STEP_STDERR;
		r = open_error(host, request);
	}
	return r < 0 ? -errno : 0;
}
