/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The server side of sd_notify(3). Each service that may notify has a socket of its own: a message
 * belongs to the service whose socket it came by, even if its sender is gone already.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/types.h>

enum {
	NOTIFY_DATAGRAM_MAX = 4096,
	NOTIFY_PATH_MAX = 108,
};

struct notify_socket {
	int fd;                     /* -1: closed */
	char path[NOTIFY_PATH_MAX]; /* for NOTIFY_SOCKET=; a leading @ for an abstract one */
	ev_io watch;
};

/* Where the sockets are: a directory that this process alone uses. */
struct notify_directory {
	char path[NOTIFY_PATH_MAX / 2]; /* empty: none can be had, sockets are abstract */
	bool tried;
};

/* Makes the directory below /run/berth, when it is needed first. Never fails, see `path`. */
void notify_directory_init(struct notify_directory *directory);
void notify_directory_finish(struct notify_directory *directory);

/* Opens the socket number `index`; any user may write to it. Returns 0 or -errno. */
int notify_socket_open(
	struct notify_socket *notify, const struct notify_directory *directory, size_t index);
void notify_socket_close(struct notify_socket *notify);

/*
 * Takes one datagram into `buffer` of NOTIFY_DATAGRAM_MAX bytes, with its sender. Descriptors
 * that come along are closed, which is what BARRIER=1 waits for. A longer datagram, which no daemon
 * sends, comes out empty. Returns 1 for a message, 0 if there is none now, or -errno. Does not
 * block.
 */
int notify_socket_receive(const struct notify_socket *notify, char *buffer, size_t *ret_length,
	struct ucred *ret_sender);
