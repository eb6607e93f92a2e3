/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ReadyWhen=: asks again and again, without blocking, whether a service that starts is ready, and
 * posts EVENT_PROBED when it is. Nothing of it is left when the start is over.
 *
 * A TCP port is ready when a connection is made and lasts for 50 ms, or something is sent on it:
 * one that is accepted only to be closed or reset is a service that does not work yet. HTTP is
 * ready with a status of 200 to 299.
 */

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "services/ready.h"

struct service_config;
struct unit;

enum probe_step {
	PROBE_OFF,
	PROBE_WAITING, /* for the next attempt, or for a line or a descriptor */
	PROBE_CONNECTING,
	PROBE_SETTLING, /* does the connection last? */
	PROBE_ASKING,   /* for an HTTP answer */
	PROBE_RUNNING,  /* a command */
};

struct probe {
	enum probe_step step;
	ev_timer timer; /* of the wait or of the attempt */
	ev_io watch;    /* its descriptor is -1 where there is none */
	int64_t delay_ms;
	size_t attempts;
	pid_t pid;        /* of the command, 0: none; it may outlive the step */
	const char *seen; /* why it is not ready, a static string */
	int status;       /* of HTTP, or of the command's exit; else 0 */
	char answer[READY_ANSWER_MAX];
	size_t length;
};

/* For a service with ReadyWhen=; others have none. Returns 0 or -ENOMEM. */
int probe_init(struct unit *unit, const struct service_config *config);
void probe_finish(struct unit *unit);

/* Begins or ends, as the service's state wants it. */
void probe_update(struct unit *unit);

/* For fd:N, takes the descriptor from which its newline will come, and owns it. */
void probe_listen(struct unit *unit, int fd);

/* The command ended. False if `pid` is not it. */
bool probe_reap(struct unit *unit, pid_t pid, int status);
