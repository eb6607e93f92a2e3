/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

int signals_open(int *ret_fd)
{
	return signals_open_with(0, ret_fd);
}

int signals_open_with(int extra, int *ret_fd)
{
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGQUIT);
	if (extra) {
		sigaddset(&set, extra);
	}
	/* A signalfd would also tell of what nohup(1) wants ignored. */
	struct sigaction hangup;
	if (sigaction(SIGHUP, NULL, &hangup) < 0 || hangup.sa_handler != SIG_IGN) {
		sigaddset(&set, SIGHUP);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL) < 0) {
		return -errno;
	}
	int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0) {
		return -errno;
	}
	*ret_fd = fd;
	return 0;
}

static int watched_fd = -1;

int signals_watch(void)
{
	return watched_fd >= 0 ? 0 : signals_open(&watched_fd);
}

int signals_watched(void)
{
	return watched_fd;
}

int signals_read(int fd)
{
	struct signalfd_siginfo info;
	return read(fd, &info, sizeof(info)) == (ssize_t)sizeof(info) ? (int)info.ssi_signo : 0;
}
