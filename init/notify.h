/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The server side of sd_notify(3). Each service that may notify has a socket of its own: a message
 * belongs to the service whose socket it came by, even if its sender is gone already.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	NOTIFY_DATAGRAM_MAX = 4096,
	NOTIFY_PATH_MAX = 108,
};

/* What of a message is acted on. */
struct notify_message {
	bool ready;
	bool stopping;
	char status[256]; /* STATUS=, cut; empty if there was none */
};

/* Parses a datagram: NAME=VALUE lines; unknown ones are passed over. Pure. */
void notify_parse(const char *text, size_t length, struct notify_message *ret_message);

struct notify_socket {
	int fd;                     /* -1: closed */
	char path[NOTIFY_PATH_MAX]; /* for NOTIFY_SOCKET=; a leading @ for an abstract one */
	ev_io watch;
};

/* Where the sockets are: a directory that this process alone uses. */
struct notify_directory {
	char path[NOTIFY_PATH_MAX / 2]; /* empty: none can be had, sockets are abstract */
};

/* Makes the directory below /run/berth. Never fails, see `path`. */
void notify_directory_init(struct notify_directory *directory);
void notify_directory_finish(struct notify_directory *directory);

/* Opens the socket number `index`; any user may write to it. Returns 0 or -errno. */
int notify_socket_open(
	struct notify_socket *notify, const struct notify_directory *directory, size_t index);
void notify_socket_close(struct notify_socket *notify);

/*
 * Takes one datagram, with its sender's pid; descriptors that come along are closed, which is what
 * BARRIER=1 waits for. Returns 1 for a message, 0 if there is none now, or -errno. Does not block.
 */
int notify_socket_receive(
	const struct notify_socket *notify, struct notify_message *ret_message, pid_t *ret_pid);
