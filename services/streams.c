/* SPDX-License-Identifier: MIT */
#include "services/streams.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int open_null(const struct spawn_host *host)
{
	return host->null_fd >= 0 ? fcntl(host->null_fd, F_DUPFD_CLOEXEC, 3)
				  : open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

/* Then the file is opened once for both, as systemd.exec(5) has it. */
static bool is_same_file(const struct exec_stream *a, const struct exec_stream *b)
{
	return a->path && a->kind == b->kind && strcmp(a->path, b->path) == 0;
}

static int open_file(const struct exec_context *exec, const struct exec_stream *stream)
{
	int access = O_WRONLY | O_CREAT;

	if (stream == &exec->input) {
		bool both =
			is_same_file(stream, &exec->output) || is_same_file(stream, &exec->error);

		access = both ? O_RDWR | O_CREAT : O_RDONLY;
	}
	access |= stream->kind == STREAM_APPEND ? O_APPEND : 0;
	access |= stream->kind == STREAM_TRUNCATE ? O_TRUNC : 0;
	return open(stream->path, access | O_CLOEXEC | O_NOCTTY, 0666);
}

static bool is_terminal(const struct exec_stream *stream)
{
	return stream->kind == STREAM_TTY || stream->kind == STREAM_TTY_FORCE;
}

bool streams_want_terminal(const struct spawn_host *host, const struct exec_context *exec)
{
	return host->terminal.present && !exec->tty_path &&
	       (exec->input.kind == STREAM_INHERIT || is_terminal(&exec->input));
}

/* A program that reads from a terminal writes to it, unless told otherwise. */
static enum exec_stream_kind output_kind(const struct exec_context *exec, bool foreground)
{
	if (exec->output.kind != STREAM_DEFAULT) {
		return exec->output.kind;
	}
	return foreground || is_terminal(&exec->input) ? STREAM_TTY : STREAM_LOG;
}

bool streams_use_log(const struct exec_context *exec, bool foreground)
{
	return output_kind(exec, foreground) == STREAM_LOG || exec->error.kind == STREAM_LOG;
}

static int write_pieces(int fd, const struct exec_input *piece)
{
	for (; piece; piece = piece->next) {
		for (size_t done = 0; done < piece->size;) {
			ssize_t n = write(fd, piece->bytes + done, piece->size - done);

			if (n < 0 && errno != EINTR) {
				return -1;
			}
			done += n > 0 ? (size_t)n : 0;
		}
	}
	return lseek(fd, 0, SEEK_SET) < 0 ? -1 : 0;
}

/* A file without a name, which the service can only read. */
static int open_data(const struct exec_extras *extras)
{
	int fd = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 &&
		(write_pieces(fd, extras->input) < 0 ||
			fcntl(fd, F_ADD_SEALS,
				F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)) {
		int error = errno;

		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Data is read where there is some and nothing else is: systemd does not tell null from unset. */
static enum exec_stream_kind input_kind(const struct exec_context *exec)
{
	enum exec_stream_kind kind = exec->input.kind;
	bool any = exec->extras && exec->extras->input;

	if (kind == STREAM_DEFAULT || kind == STREAM_NULL || kind == STREAM_DATA) {
		return any ? STREAM_DATA : STREAM_NULL;
	}
	return kind;
}

/* For input it is made the controlling terminal, unless it is so already. */
static int open_tty(const struct spawn_host *host, const struct spawn_request *request, int target)
{
	const struct exec_context *exec = &request->config->exec;
	int fd;

	if (target == STDIN_FILENO && request->foreground) {
		if (exec->tty_reset) {
			terminal_reset(target);
		}
		terminal_set_size(exec, target);
		return target;
	}
	/* What is run beside the main process cannot have its terminal. */
	bool beside = request->role != SPAWN_MAIN &&
		      (request->main_pid > 0 || streams_want_terminal(host, exec));
	if (target == STDIN_FILENO && beside) {
		return open_null(host);
	}
	if (target == STDIN_FILENO) {
		fd = terminal_open(exec, exec->input.kind == STREAM_TTY_FORCE);
		errno = -fd;
		return fd;
	}
	if (request->foreground || (is_terminal(&exec->input) && !beside)) {
		return dup2(STDIN_FILENO, target);
	}
	return open(terminal_path(exec), O_WRONLY | O_NOCTTY | O_CLOEXEC);
}

/* Puts what `stream` says, `kind` deciding, on descriptor `target`; -1 and errno if it cannot. */
static int open_stream(const struct spawn_host *host, const struct spawn_request *request,
	const struct exec_stream *stream, enum exec_stream_kind kind, int target)
{
	int fd = -1;

	switch (kind) {
	case STREAM_INHERIT:
		return 0;
	case STREAM_LOG:
		/* Without a log the container's own output takes it. */
		return request->log_fd < 0 ? 0 : dup2(request->log_fd, target);
	case STREAM_TTY:
	case STREAM_TTY_FORCE:
		fd = open_tty(host, request, target);
		break;
	case STREAM_DATA:
		fd = open_data(request->config->exec.extras);
		break;
	case STREAM_DEFAULT:
	case STREAM_NULL:
		if (host->null_fd >= 0) {
			return dup2(host->null_fd, target);
		}
		fd = open_null(host);
		break;
	case STREAM_FILE:
	case STREAM_APPEND:
	case STREAM_TRUNCATE:
		if (target != STDIN_FILENO && is_same_file(stream, &request->config->exec.input)) {
			return dup2(STDIN_FILENO, target);
		}
		fd = open_file(&request->config->exec, stream);
		break;
	}
	if (fd < 0 || fd == target) {
		return fd;
	}
	int r = dup2(fd, target);
	close(fd);
	return r;
}

/* systemd.exec(5): standard error goes where standard output goes unless told otherwise, and if it
 * is told to inherit. */
static int open_error(const struct spawn_host *host, const struct spawn_request *request)
{
	const struct exec_stream *error = &request->config->exec.error;
	const struct exec_stream *output = &request->config->exec.output;

	if (error->kind != STREAM_DEFAULT && error->kind != STREAM_INHERIT &&
		!is_same_file(error, output)) {
		return open_stream(host, request, error, error->kind, STDERR_FILENO);
	}
	return output->kind == STREAM_INHERIT ? 0 : dup2(STDOUT_FILENO, STDERR_FILENO);
}

int streams_open(
	const struct spawn_host *host, const struct spawn_request *request, struct step_place *at)
{
	const struct exec_context *exec = &request->config->exec;

	at->step = STEP_STDIN;
	int r = open_stream(host, request, &exec->input, input_kind(exec), STDIN_FILENO);
	if (r >= 0) {
		at->step = STEP_STDOUT;
		r = open_stream(host, request, &exec->output,
			output_kind(exec, request->foreground), STDOUT_FILENO);
	}
	if (r >= 0) {
		at->step = STEP_STDERR;
		r = open_error(host, request);
	}
	return r < 0 ? -errno : 0;
}
