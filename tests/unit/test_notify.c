/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "init/notify.h"
#include "tests/unit/expect.h"

static struct notify_directory directory;
static struct notify_socket notify;
static int client;
static char text[NOTIFY_DATAGRAM_MAX];
static size_t length;
static struct ucred sender;

static void open_socket(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(directory.path, sizeof(directory.path), "/tmp/test-notify-XXXXXX");
	cr_assert(ne(ptr, mkdtemp(directory.path), NULL));
	cr_assert(eq(int, notify_socket_open(&notify, &directory, 7), 0));
	client = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	strcpy(address.sun_path, notify.path);
	cr_assert(eq(int, connect(client, (struct sockaddr *)&address, sizeof(address)), 0));
}

static void close_socket(void)
{
	close(client);
	notify_socket_close(&notify);
	notify_directory_finish(&directory);
	cr_expect(eq(int, access(directory.path, F_OK), -1));
}

TestSuite(notify_socket, .init = open_socket, .fini = close_socket);

Test(notify_socket, gives_message_and_sender)
{
	cr_expect(eq(int, notify_socket_receive(&notify, text, &length, &sender), 0));
	cr_assert(eq(int, (int)send(client, "READY=1", 7, 0), 7));
	cr_expect(eq(int, notify_socket_receive(&notify, text, &length, &sender), 1));
	cr_expect(eq(sz, length, 7));
	cr_expect(eq(int, memcmp(text, "READY=1", 7), 0));
	cr_expect(eq(int, sender.pid, getpid()));
	cr_expect(eq(int, (int)sender.uid, (int)getuid()));
}

Test(notify_socket, a_datagram_that_is_too_long_says_nothing)
{
	char sent[NOTIFY_DATAGRAM_MAX + 100] = "READY=1\n";

	length = 1;
	cr_assert(gt(int, (int)send(client, sent, sizeof(sent), 0), 0));
	cr_expect(eq(int, notify_socket_receive(&notify, text, &length, &sender), 1));
	cr_expect(eq(sz, length, 0));
}

/* sd_notify_barrier(3) waits until the pipe it passed is closed. */
Test(notify_socket, descriptors_that_come_along_are_closed)
{
	int ends[2];
	char byte;
	struct iovec part = { (char[]) { "BARRIER=1" }, 9 };
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { 0 };
	struct msghdr out = { .msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };

	cr_assert(eq(int, pipe2(ends, O_CLOEXEC), 0));
	control.header = (struct cmsghdr) {
		.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof(int))
	};
	memcpy(CMSG_DATA(&control.header), &ends[1], sizeof(int));
	cr_assert(gt(int, (int)sendmsg(client, &out, 0), 0));
	close(ends[1]);
	cr_expect(eq(int, notify_socket_receive(&notify, text, &length, &sender), 1));
	struct pollfd reader = { .fd = ends[0], .events = POLLIN };
	cr_expect(eq(int, poll(&reader, 1, 1000), 1));
	cr_expect(eq(int, (int)read(ends[0], &byte, 1), 0));
	close(ends[0]);
}
