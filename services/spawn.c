/* SPDX-License-Identifier: MIT */
#include "services/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "services/cgroup.h"
#include "services/child.h"
#include "services/directories.h"
#include "services/vfork.h"

enum {
	PLAIN_MEMORY = 1024,
};

/* fork() into a cgroup: there is no moment at which the child is elsewhere, and unlike a move it
 * does not wait for the rest of the system. clone3(2) */
static pid_t fork_into(int cgroup_fd)
{
	struct clone_args arguments = {
		.flags = CLONE_INTO_CGROUP,
		.exit_signal = SIGCHLD,
		.cgroup = (uint64_t)cgroup_fd,
	};

	return (pid_t)syscall(SYS_clone3, &arguments, sizeof(arguments));
}

/* Filters of system calls may know no clone3(). Then both move the child: it before it does
 * anything, we before we send it any signal. */
static pid_t fork_and_move(const struct spawn_host *host, const struct spawn_request *request)
{
	pid_t pid = fork();

	if (pid == 0) {
		child_move(host, request);
	} else if (pid > 0) {
		cgroup_move(request->cgroup_fd, pid);
	}
	return pid;
}

static pid_t fork_child(const struct spawn_host *host, const struct spawn_request *request)
{
	if (request->cgroup_fd < 0) {
		return fork();
	}
	if (request->cgroup_killed) {
		return fork_and_move(host, request);
	}
	pid_t pid = fork_into(request->cgroup_fd);
	if (pid < 0 && (errno == ENOSYS || errno == EPERM)) {
		pid = fork_and_move(host, request);
	}
	return pid;
}

static bool is_plain_stream(const struct exec_stream *stream)
{
	return stream->kind == STREAM_DEFAULT || stream->kind == STREAM_NULL ||
	       stream->kind == STREAM_INHERIT || stream->kind == STREAM_LOG;
}

/*
 * Whether its set-up neither waits for anything, for we would wait with it, nor takes memory from
 * the heap, which would be ours. Files and terminals may keep it waiting; the names of users are
 * read through stdio, and what a process may do belongs to the memory it shares.
 */
static bool is_plain(const struct spawn_request *request)
{
	const struct exec_context *exec = &request->config->exec;

	return !request->foreground && !request->cgroup_killed && !exec->extras && !exec->user &&
	       !exec->group && !exec->supplementary_groups.count &&
	       !exec->environment_files.count && !exec->private_mounts && !exec->root_directory &&
	       !exec->ambient_capabilities &&
	       exec->capability_bounding_set == EXEC_ALL_CAPABILITIES &&
	       is_plain_stream(&exec->input) && is_plain_stream(&exec->output) &&
	       is_plain_stream(&exec->error) && !directories_are_wanted(exec);
}

struct plain_child {
	const struct spawn_host *host;
	const struct spawn_request *request;
	struct conf_arena *arena;
};

static int run_plain(void *argument)
{
	const struct plain_child *child = argument;

	child_run(child->host, child->request, child->arena);
}

/* What a plain child takes: the index of its environment, which may grow. More, as for a command
 * line of many kilobytes, comes from the heap and goes back to it. */
static size_t memory_size(const struct spawn_host *host)
{
	size_t count = 0;

	while (host->environment[count]) {
		count++;
	}
	return PLAIN_MEMORY + 6 * count * sizeof(char *);
}

static int higher(int a, int b)
{
	return a > b ? a : b;
}

/*
 * All that a child needs of our descriptors has a low number, but for its log: that gets one while
 * the child starts. So the child need not copy, and close again, two descriptors for each service.
 */
static bool share_files(const struct spawn_host *host, struct spawn_request *request)
{
	bool can = host->log_slot >= 0 && request->exec_fd < 0 && request->ready_fd < 0;

	if (!can ||
		(request->log_fd >= 0 && dup3(request->log_fd, host->log_slot, O_CLOEXEC) < 0)) {
		return false;
	}
	request->log_fd = request->log_fd < 0 ? -1 : host->log_slot;
	request->shared_from =
		(unsigned)higher(host->log_slot, higher(host->report_fd, host->null_fd)) + 1;
	return true;
}

/* One child after the other has the same memory. */
static pid_t spawn_plain(const struct spawn_host *host, const struct spawn_request *request)
{
	static struct conf_arena arena;
	struct spawn_request own = *request;
	struct plain_child child = { host, &own, &arena };

	if (conf_arena_reserve(&arena, memory_size(host)) < 0) {
		return -ENOSYS;
	}
	bool shared = share_files(host, &own);
	pid_t pid = vfork_run(request->cgroup_fd, shared, run_plain, &child);
	/* Nobody would see the end of a log that is still open here. */
	if (shared && own.log_fd >= 0) {
		dup3(host->null_fd, host->log_slot, O_CLOEXEC);
	}
	conf_arena_reset(&arena);
	return pid;
}

pid_t spawn_process(const struct spawn_host *host, const struct spawn_request *request)
{
	struct conf_arena arena = { 0 };
	pid_t pid = is_plain(request) ? spawn_plain(host, request) : -ENOSYS;

	if (pid != -ENOSYS && pid != -EPERM) {
		return pid;
	}
	pid = fork_child(host, request);
	if (pid < 0) {
		return -errno;
	}
	if (pid == 0) {
		child_run(host, request, &arena);
	}
	return pid;
}
