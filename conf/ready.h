/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * ReadyWhen=: what must hold beside the service's type before its start is done. The syntax is
 * KIND:TARGET; see berth-init.ini(5). Addresses are numeric, since nothing may block PID 1.
 */

#include <netinet/in.h>
#include <stddef.h>
#include <sys/socket.h>

#include "conf/arena.h"
#include "conf/pattern.h"

struct exec_command;

enum ready_kind {
	READY_TCP,
	READY_HTTP,
	READY_PATH,
	READY_LOG,
	READY_FD,
	READY_EXEC,
};

union ready_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
};

enum {
	READY_ADDRESSES = 2, /* localhost is both */
	READY_FD_MAX = 255,
};

struct ready_when {
	const char *text; /* as it was written, for messages */
	enum ready_kind kind;
	union ready_address addresses[READY_ADDRESSES]; /* of tcp and http */
	size_t addresses_count;
	const char *host;             /* of http: ADDR:PORT as written */
	const char *target;           /* http: the path; path: the file; log: the expression */
	struct pattern *pattern;      /* of log */
	int fd;                       /* of fd */
	struct exec_command *command; /* of exec; left to the caller, who parses `target` */
};

/*
 * Parses a value into memory of `arena`. Returns 0, -ENOMEM, or -EINVAL with what is wrong in
 * `ret_why`, a static string. Pure.
 */
int conf_parse_ready(struct conf_arena *arena, const char *text, struct ready_when *ret_ready,
	const char **ret_why);

socklen_t ready_address_length(const union ready_address *address);
