/* SPDX-License-Identifier: MIT */
#include "services/process_signal.h"

#include <errno.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

enum {
	/* PIDFD_SIGNAL_PROCESS_GROUP of linux/pidfd.h, younger than the headers of Debian 12. */
	TO_THE_GROUP = 1 << 2,
};

int process_open(pid_t pid)
{
	int fd = pidfd_open(pid, 0);

	return fd < 0 ? -errno : fd;
}

void process_close(int pidfd)
{
	if (pidfd >= 0) {
		close(pidfd);
	}
}

static int send(int pidfd, pid_t pid, int signal)
{
	int r = pidfd >= 0 ? pidfd_send_signal(pidfd, signal, NULL, 0) : kill(pid, signal);

	return r < 0 ? -errno : 0;
}

/* Older kernels know no flags. */
static int send_to_group(int pidfd, pid_t leader, int signal)
{
	if (pidfd >= 0) {
		if (pidfd_send_signal(pidfd, signal, NULL, TO_THE_GROUP) == 0) {
			return 0;
		}
		if (errno != EINVAL) {
			return -errno;
		}
	}
	return kill(-leader, signal) < 0 ? -errno : 0;
}

static int needs_continue(int signal)
{
	return signal != SIGKILL && signal != SIGCONT && signal != 0;
}

int process_signal(int pidfd, pid_t pid, int signal)
{
	int r = send(pidfd, pid, signal);

	if (r == 0 && needs_continue(signal)) {
		send(pidfd, pid, SIGCONT);
	}
	return r;
}

int process_signal_group(int pidfd, pid_t leader, int signal)
{
	int r = send_to_group(pidfd, leader, signal);

	if (r == 0 && needs_continue(signal)) {
		send_to_group(pidfd, leader, SIGCONT);
	}
	return r;
}
