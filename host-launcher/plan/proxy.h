/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How a build reaches the archive, from what --proxy says. Pure.
 */

#include <stdbool.h>

#include "host-launcher/base/failure.h"

struct proxy {
	bool builtin; /* apt-cacher-ng runs in the container */
	char *url;    /* of the proxy elsewhere, for the build or for apt-cacher-ng; NULL: none */
};

/* "builtin", "none", "external=URL" or "builtin+external=URL". Returns 0 and what the caller
 * finishes, or -1: EXIT_USAGE. */
int proxy_parse(const char *text, struct proxy *ret_proxy, struct failure *failure);

/* Host and port of an http URL; the caller frees both. */
void proxy_address(const char *url, char **ret_host, char **ret_port);

void proxy_finish(struct proxy *proxy);
