/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Our own sd_notify(3), to whoever runs this container and asks for it by NOTIFY_SOCKET (podman
 * --sdnotify=container, systemd-nspawn --notify-ready=yes): READY=1 when every start is settled,
 * STOPPING=1, STATUS= and at last EXIT_STATUS=. Nothing waits for it, and no service gets to see
 * the socket.
 */

#include <stdbool.h>
#include <sys/un.h>

#include "services/supervisor.h"

struct upstream {
	int fd; /* -1: nobody wants to know */
	struct sockaddr_un address;
	socklen_t length;
	bool starting_told;
	bool ready_told;
	bool stopping_told;
};

/* Takes the value of NOTIFY_SOCKET=, or NULL. One that is not understood is nobody's. */
void upstream_init(struct upstream *upstream, const char *path);
void upstream_finish(struct upstream *upstream);

/* Tells what has become of the whole, each thing once. Does not block. */
void upstream_update(struct upstream *upstream, const struct supervisor *supervisor);

void upstream_tell_exit(struct upstream *upstream, int code);

/* RELOADING=1 with its MONOTONIC_USEC=, and READY=1 when that is over (sd_notify(3)). */
void upstream_tell_reloading(const struct upstream *upstream);
void upstream_tell_reloaded(const struct upstream *upstream);
