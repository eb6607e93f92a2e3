/* SPDX-License-Identifier: MIT */
#include "services/spawn.h"

#include <errno.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "services/cgroup.h"
#include "services/child.h"

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
	pid_t pid = fork_into(request->cgroup_fd);
	if (pid < 0 && (errno == ENOSYS || errno == EPERM)) {
		pid = fork_and_move(host, request);
	}
	return pid;
}

pid_t spawn_process(const struct spawn_host *host, const struct spawn_request *request)
{
	pid_t pid = fork_child(host, request);

	if (pid < 0) {
		return -errno;
	}
	if (pid == 0) {
		child_run(host, request);
	}
	return pid;
}
