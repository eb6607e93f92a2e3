/* SPDX-License-Identifier: MIT */
#include "services/spawn.h"

#include <errno.h>
#include <unistd.h>

#include "services/child.h"

pid_t spawn_process(const struct spawn_host *host, const struct spawn_request *request)
{
	pid_t pid = fork();

	if (pid < 0) {
		return -errno;
	}
	if (pid == 0) {
		child_run(host, request);
	}
	return pid;
}
