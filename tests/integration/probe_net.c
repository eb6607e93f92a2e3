/* SPDX-License-Identifier: MIT */
/* The probe as a server: ready late, half, or never. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "tests/integration/probe_tell.h"

static int listener = -1;

static struct sockaddr_in address_of(const char *port)
{
	return (struct sockaddr_in) {
		.sin_family = AF_INET,
		.sin_port = htons((in_port_t)strtol(port, NULL, 10)),
		.sin_addr = { htonl(INADDR_LOOPBACK) },
	};
}

static void listen_on(const char *port, int backlog)
{
	const struct sockaddr_in address = address_of(port);

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(listener, (const struct sockaddr *)&address, sizeof(address)) < 0 ||
		listen(listener, backlog) < 0) {
		probe_fail("listen");
	}
}

static void do_listen(const char *value)
{
	listen_on(value, 16);
}

/* Its queue is full, so that further connections are neither made nor refused. */
static void do_hole(const char *value)
{
	const struct sockaddr_in address = address_of(value);

	listen_on(value, 0);
	for (int i = 0; i < 4; i++) {
		int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

		(void)!connect(fd, (const struct sockaddr *)&address, sizeof(address));
	}
}

static int take(void)
{
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0) {
		probe_fail("accept");
	}
	return fd;
}

static void do_accept(const char *value)
{
	take();
}

static void do_reset(const char *value)
{
	static const struct linger at_once = { .l_onoff = 1 };

	for (long i = strtol(value, NULL, 10); i > 0; i--) {
		int fd = take();

		setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
		close(fd);
	}
}

static void do_answer(const char *value)
{
	char request[1024];
	int fd = take();

	if (read(fd, request, sizeof(request)) <= 0) {
		probe_fail("request");
	}
	dprintf(fd, "HTTP/1.1 %s x\r\nContent-Length: 0\r\n\r\n", value);
	close(fd);
}

static void do_newline(const char *value)
{
	if (write((int)strtol(value, NULL, 10), "\n", 1) != 1) {
		probe_fail("newline");
	}
}

static void do_touch(const char *value)
{
	int fd = open(value, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	if (fd < 0) {
		probe_fail(value);
	}
	close(fd);
}

static void do_after(const char *value)
{
	long ms = strtol(value, NULL, 10);
	const struct timespec pause = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&pause, NULL);
}

const struct probe_word probe_net_words[] = {
	{ "listen", do_listen },
	{ "hole", do_hole },
	{ "accept", do_accept },
	{ "reset", do_reset },
	{ "answer", do_answer },
	{ "newline", do_newline },
	{ "touch", do_touch },
	{ "after", do_after },
	{ NULL },
};
