/* SPDX-License-Identifier: MIT */
#include "init/notify.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define DIRECTORY "/run/berth"

enum {
	FDS_MAX = 253, /* SCM_MAX_FD of the kernel: no message carries more */
};

void notify_directory_init(struct notify_directory *directory)
{
	directory->tried = true;
	mkdir("/run", 0755);
	mkdir(DIRECTORY, 0755);
	strcpy(directory->path, DIRECTORY "/notify-XXXXXX");
	if (!mkdtemp(directory->path) || chmod(directory->path, 0755) < 0) {
		directory->path[0] = '\0';
	}
}

void notify_directory_finish(struct notify_directory *directory)
{
	if (directory->path[0]) {
		rmdir(directory->path);
	}
}

static int bind_to(int fd, const struct notify_socket *notify)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t length = strlen(notify->path);

	memcpy(address.sun_path, notify->path, length + 1);
	if (notify->path[0] == '@') {
		address.sun_path[0] = '\0';
	}
	length += offsetof(struct sockaddr_un, sun_path) + (notify->path[0] != '@');
	if (bind(fd, (const struct sockaddr *)&address, (socklen_t)length) < 0) {
		return -errno;
	}
	/* Any user's service may write: what counts is who did, and that is checked. */
	if (notify->path[0] != '@' && chmod(notify->path, 0777) < 0) {
		return -errno;
	}
	return 0;
}

int notify_socket_open(
	struct notify_socket *notify, const struct notify_directory *directory, size_t index)
{
	static const int on = 1;
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		return -errno;
	}
	if (directory->path[0]) {
		snprintf(notify->path, sizeof(notify->path), "%s/%zu", directory->path, index);
	} else {
		snprintf(notify->path, sizeof(notify->path), "@berth-notify-%d-%zu", (int)getpid(),
			index);
	}
	int r = setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ? -errno : 0;
	if (r == 0) {
		r = bind_to(fd, notify);
	}
	if (r < 0) {
		close(fd);
		return r;
	}
	notify->fd = fd;
	return 0;
}

void notify_socket_close(struct notify_socket *notify)
{
	if (notify->fd >= 0) {
		close(notify->fd);
		notify->fd = -1;
		if (notify->path[0] != '@') {
			unlink(notify->path);
		}
	}
}

static void close_descriptors(const struct cmsghdr *header)
{
	size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);

	for (size_t i = 0; i < count; i++) {
		int fd;

		memcpy(&fd, CMSG_DATA(header) + i * sizeof(fd), sizeof(fd));
		close(fd);
	}
}

static struct ucred take_control(struct msghdr *message)
{
	struct ucred sender = { 0 };

	for (struct cmsghdr *h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h)) {
		if (h->cmsg_level != SOL_SOCKET) {
			continue;
		}
		if (h->cmsg_type == SCM_RIGHTS) {
			close_descriptors(h);
		} else if (h->cmsg_type == SCM_CREDENTIALS) {
			memcpy(&sender, CMSG_DATA(h), sizeof(sender));
		}
	}
	return sender;
}

int notify_socket_receive(const struct notify_socket *notify, char *buffer, size_t *ret_length,
	struct ucred *ret_sender)
{
	union {
		struct cmsghdr header;
		char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(FDS_MAX * sizeof(int))];
	} control;
	struct iovec part = { buffer, NOTIFY_DATAGRAM_MAX };
	struct msghdr message = {
		.msg_iov = &part,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	ssize_t length;

	do {
		length = recvmsg(notify->fd, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	} while (length < 0 && errno == EINTR);
	if (length < 0) {
		return errno == EAGAIN ? 0 : -errno;
	}
	*ret_sender = take_control(&message);
	/* What is longer than any real message is not worth guessing at. */
	*ret_length = message.msg_flags & MSG_TRUNC ? 0 : (size_t)length;
	return 1;
}
