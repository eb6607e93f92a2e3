/* SPDX-License-Identifier: MIT */
/* What the probe says to its supervisor, as sd_notify(3) does and as it should not. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "tests/integration/probe_tell.h"

/* A datagram to the supervisor; with `fd` unless it is -1. Returns whether it was taken. */
static bool send_notification(const char *text, size_t length, int fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	const char *path = getenv("NOTIFY_SOCKET");
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct iovec part = { (void *)(uintptr_t)text, length };

	if (!path || strlen(path) >= sizeof(address.sun_path)) {
		errno = EINVAL;
		probe_fail("NOTIFY_SOCKET");
	}
	memcpy(address.sun_path, path, strlen(path));
	struct msghdr message = {
		.msg_name = &address,
		.msg_namelen = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path)),
		.msg_iov = &part,
		.msg_iovlen = 1,
	};

	if (*path == '@') {
		address.sun_path[0] = '\0';
	}
	if (fd >= 0) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	static const int room = 4 << 20;
	int datagrams = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	setsockopt(datagrams, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room));
	ssize_t sent = sendmsg(datagrams, &message, MSG_NOSIGNAL);

	close(datagrams);
	return sent >= 0;
}

static void do_notify(const char *value)
{
	if (!send_notification(value, strlen(value), -1)) {
		probe_fail("notify");
	}
}

static void do_flood(const char *value)
{
	static char junk[1 << 20] = "READY=1\n";

	if (!send_notification(junk, sizeof(junk), -1)) {
		probe_fail("a datagram of 1 MiB");
	}
	memset(junk, 0xff, sizeof(junk));
	send_notification(junk, 4000, -1);
	send_notification("READY=0\nREADY=1 \0", 18, -1);
	send_notification("", 0, -1);
	send_notification("\n\n=\nREADY\nREADY=2\n", 19, -1);
	send_notification("MAINPID=-1\nMAINPID=99999999999999999999\nERRNO=x", 49, 0);
	for (int i = 0; i < 100; i++) {
		send_notification("STATUS=again", 12, 1);
	}
}

/* Sends the end of a pipe along and waits until nobody holds it. */
static void send_pipe(const char *text)
{
	struct pollfd end = { 0 };
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 || !send_notification(text, strlen(text), ends[1])) {
		probe_fail(text);
	}
	close(ends[1]);
	end.fd = ends[0];
	if (poll(&end, 1, 60000) != 1) {
		probe_fail("its pipe is still held");
	}
	close(ends[0]);
}

static void do_barrier(const char *value)
{
	send_pipe("BARRIER=1");
}

static void do_fdstore(const char *value)
{
	send_pipe("FDSTORE=1\nFDNAME=x");
}

static void do_claim(const char *value)
{
	char text[32];

	snprintf(text, sizeof(text), "MAINPID=%d", (int)getpid());
	do_notify(text);
}

static void do_beat(const char *value)
{
	char *end;
	long count = strtol(value, &end, 10);
	long ms = *end ? strtol(end + 1, NULL, 10) : 0;
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	while (count-- > 0) {
		nanosleep(&pause, NULL);
		do_notify("WATCHDOG=1");
	}
}

static void do_ready(const char *value)
{
	do_notify("READY=1");
}

const struct probe_word probe_notify_words[] = {
	{ "notify", do_notify },
	{ "ready", do_ready },
	{ "flood", do_flood },
	{ "barrier", do_barrier },
	{ "fdstore", do_fdstore },
	{ "claim", do_claim },
	{ "beat", do_beat },
	{ NULL },
};
