/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where a container engine listens: what the URLs of DOCKER_HOST mean. Pure.
 *
 *	unix:///PATH  tcp://HOST[:PORT]  ssh://[USER@]HOST[:PORT][/PATH]
 *
 * https://docs.docker.com/engine/reference/commandline/cli/ (daemon socket option)
 */

#include <stdbool.h>

#include "host-launcher/base/failure.h"

enum endpoint_kind {
	ENDPOINT_UNIX,
	ENDPOINT_TCP,
	ENDPOINT_SSH,
};

enum {
	ENDPOINT_PORT_PLAIN = 2375,
	ENDPOINT_PORT_TLS = 2376,
};

/* All strings are owned. */
struct endpoint {
	enum endpoint_kind kind;
	char *url;  /* as given, for messages */
	char *path; /* UNIX: the socket; SSH: the socket over there, or NULL for its default */
	char *user; /* SSH: or NULL */
	char *host; /* TCP, SSH: without the brackets of an IPv6 address */
	int port;   /* 0: the default */
	bool tls;   /* TCP */
	char *ca;   /* TCP with TLS: files of PEM; cert and key may be missing */
	char *cert;
	char *key;
};

/* Takes the URL apart; https:// means tcp:// with TLS. Returns 0 and an endpoint that the caller
 * finishes, or -1: EXIT_USAGE. */
int endpoint_parse(const char *url, struct endpoint *ret_endpoint, struct failure *failure);

/* Whether the host is this machine's loopback, beyond doubt. */
bool endpoint_is_loopback(const struct endpoint *endpoint);

/* Refuses plain TCP to other machines: whoever reads or writes there is root over here. Returns 0
 * or -1: EXIT_USAGE. */
int endpoint_check(const struct endpoint *endpoint, struct failure *failure);

/* Whether the container sees this machine's files under the names that we know. */
bool endpoint_is_local(const struct endpoint *endpoint);

void endpoint_finish(struct endpoint *endpoint);
