/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/signals.h"

/* Our ends of the pipes, and the child's; -1 where there is none. */
struct plumbing {
	int read_end[2];
	int write_end[2];
};

static void close_end(int *fd)
{
	if (*fd >= 0) {
		close(*fd);
		*fd = -1;
	}
}

static void plumbing_finish(struct plumbing *plumbing)
{
	for (int i = 0; i < 2; i++) {
		close_end(&plumbing->read_end[i]);
		close_end(&plumbing->write_end[i]);
	}
}

static int plumbing_init(const struct process_spec *spec, struct plumbing *plumbing)
{
	const enum process_stream kinds[2] = { spec->output, spec->errors };
	for (int i = 0; i < 2; i++) {
		int ends[2];
		if (kinds[i] != PROCESS_CAPTURE) {
			continue;
		}
		if (pipe2(ends, O_CLOEXEC) < 0) {
			int error = errno;
			plumbing_finish(plumbing);
			return -error;
		}
		plumbing->read_end[i] = ends[0];
		plumbing->write_end[i] = ends[1];
	}
	return 0;
}

/* posix_spawn's functions return errno values; the first that fails is kept. */
static int add_stream(posix_spawn_file_actions_t *actions, int target, enum process_stream kind,
	int pipe_fd, int given_fd)
{
	switch (kind) {
	case PROCESS_INHERIT:
		return 0;
	case PROCESS_CAPTURE:
		return posix_spawn_file_actions_adddup2(actions, pipe_fd, target);
	case PROCESS_DISCARD:
		return posix_spawn_file_actions_addopen(actions, target, "/dev/null", O_WRONLY, 0);
	case PROCESS_TO_FD:
		return posix_spawn_file_actions_adddup2(actions, given_fd, target);
	}
	return EINVAL;
}

static int add_actions(posix_spawn_file_actions_t *actions, const struct process_spec *spec,
	const struct plumbing *plumbing)
{
	int error = spec->input_fd ? posix_spawn_file_actions_adddup2(
					     actions, spec->input_fd, STDIN_FILENO)
				   : posix_spawn_file_actions_addopen(
					     actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
	if (!error) {
		error = add_stream(actions, STDOUT_FILENO, spec->output, plumbing->write_end[0],
			spec->output_fd);
	}
	if (!error) {
		error = add_stream(actions, STDERR_FILENO, spec->errors, plumbing->write_end[1],
			spec->errors_fd);
	}
	if (!error && spec->directory) {
		error = posix_spawn_file_actions_addchdir_np(actions, spec->directory);
	}
	if (!error) {
		error = posix_spawn_file_actions_addclosefrom_np(actions, STDERR_FILENO + 1);
	}
	return error;
}

static int set_attributes(posix_spawnattr_t *attributes, const struct process_spec *spec)
{
	sigset_t none;
	sigset_t all;
	sigemptyset(&none);
	sigfillset(&all);
	bool leads = spec->signal_fd && !spec->in_our_group;
	int group = spec->own_session ? POSIX_SPAWN_SETSID : leads ? POSIX_SPAWN_SETPGROUP : 0;
	int error = posix_spawnattr_setflags(
		attributes, (short)(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | group));
	if (!error) {
		error = posix_spawnattr_setsigmask(attributes, &none);
	}
	if (!error) {
		error = posix_spawnattr_setsigdefault(attributes, &all);
	}
	return error;
}

static int spawn(const struct process_spec *spec, const struct plumbing *plumbing, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int error = posix_spawn_file_actions_init(&actions);
	if (error) {
		return -error;
	}
	error = posix_spawnattr_init(&attributes);
	if (!error) {
		error = add_actions(&actions, spec, plumbing);
		if (!error) {
			error = set_attributes(&attributes, spec);
		}
		if (!error) {
			/* The prototype lacks the consts that the function keeps. */
			union {
				const char *const *given;
				char *const *wanted;
			} argv = { spec->argv }, envp = { spec->envp };
			error = posix_spawnp(ret_pid, spec->argv[0], &actions, &attributes,
				argv.wanted, spec->envp ? envp.wanted : environ);
		}
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return -error;
}

/* Reads what is there from one pipe; closes it at its end. */
static int read_some(int *fd, struct buffer *into)
{
	char chunk[16384];
	ssize_t got = read(*fd, chunk, sizeof(chunk));
	if (got < 0) {
		return errno == EINTR ? 0 : -errno;
	}
	if (got == 0) {
		close_end(fd);
		return 0;
	}
	if (into->length + (size_t)got > PROCESS_CAPTURE_MAX) {
		return -EFBIG;
	}
	buffer_append(into, chunk, (size_t)got);
	return 0;
}

struct process {
	pid_t pid;
	struct plumbing plumbing;
	int signal_fd;
	bool in_our_group;
	int pidfd; /* -1 where it need not be watched, or its end was seen */
	struct process_result result;
};

static void pass_signal(struct process *process)
{
	int signal = signals_read(process->signal_fd);
	if (signal) {
		kill(process->in_our_group ? process->pid : -process->pid,
			process->result.signal ? SIGKILL : SIGTERM);
		if (!process->result.signal) {
			process->result.signal = signal;
		}
	}
}

static bool is_over(const struct process *process)
{
	bool unheard = process->in_our_group && process->result.signal;
	bool heard = process->plumbing.read_end[0] < 0 && process->plumbing.read_end[1] < 0;
	return (heard || unheard) && process->pidfd < 0;
}

/* Reads until the ends of the pipes and, when signals are to be passed on, of the program. */
static int listen_to(struct process *process)
{
	struct buffer *into[2] = { &process->result.output, &process->result.errors };
	int *ends = process->plumbing.read_end;
	while (!is_over(process)) {
		struct pollfd fds[4] = {
			{ .fd = ends[0], .events = POLLIN },
			{ .fd = ends[1], .events = POLLIN },
			{ .fd = process->pidfd, .events = POLLIN },
			{ .fd = process->signal_fd ? process->signal_fd : -1, .events = POLLIN },
		};
		if (poll(fds, 4, -1) < 0) {
			if (errno == EINTR) {
				continue;
			}
			return -errno;
		}
		for (int i = 0; i < 2; i++) {
			int rc = fds[i].revents ? read_some(&ends[i], into[i]) : 0;
			if (rc < 0) {
				return rc;
			}
		}
		if (fds[2].revents) {
			close_end(&process->pidfd);
		}
		if (fds[3].revents) {
			pass_signal(process);
		}
	}
	return 0;
}

static int wait_for(pid_t pid, int *ret_code)
{
	int status = 0;
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return -errno;
		}
	}
	*ret_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}

int process_begin(const struct process_spec *spec, struct process **ret_process)
{
	struct plumbing plumbing = { .read_end = { -1, -1 }, .write_end = { -1, -1 } };
	int rc = plumbing_init(spec, &plumbing);
	if (rc < 0) {
		return rc;
	}
	pid_t pid = -1;
	rc = spawn(spec, &plumbing, &pid);
	close_end(&plumbing.write_end[0]);
	close_end(&plumbing.write_end[1]);
	if (rc < 0) {
		plumbing_finish(&plumbing);
		return rc;
	}
	struct process *process = alloc_zero(1, sizeof(*process));
	*process = (struct process) {
		.pid = pid,
		.plumbing = plumbing,
		.signal_fd = spec->signal_fd,
		.in_our_group = spec->in_our_group,
		.pidfd = spec->signal_fd ? pidfd_open(pid, 0) : -1,
	};
	*ret_process = process;
	return 0;
}

int process_end(struct process *process, struct process_result *ret_result)
{
	struct process_result *result = &process->result;
	int rc = listen_to(process);
	if (rc < 0) {
		kill(process->pid, SIGKILL);
	}
	close_end(&process->pidfd);
	plumbing_finish(&process->plumbing);
	int wait_rc = wait_for(process->pid, &result->code);
	rc = rc < 0 ? rc : wait_rc;
	if (rc < 0) {
		process_result_finish(result);
	} else {
		*ret_result = *result;
	}
	free(process);
	return rc;
}

int process_run(const struct process_spec *spec, struct process_result *ret_result)
{
	struct process *process;
	int rc = process_begin(spec, &process);
	return rc < 0 ? rc : process_end(process, ret_result);
}

int process_start(const struct process_spec *spec, pid_t *ret_pid)
{
	struct plumbing none = { .read_end = { -1, -1 }, .write_end = { -1, -1 } };
	return spawn(spec, &none, ret_pid);
}

void process_result_finish(struct process_result *result)
{
	buffer_finish(&result->output);
	buffer_finish(&result->errors);
}
