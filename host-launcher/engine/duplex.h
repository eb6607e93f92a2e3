/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A connection to an engine that becomes a plain pipe in both directions, as for a shell: HTTP's
 * upgrade, which libcurl's requests do not know. Its connection is libcurl's nevertheless, so it
 * leads wherever requests do.
 */

#include <jansson.h>
#include <stddef.h>
#include <sys/types.h>

#include "host-launcher/engine/engine.h"

struct duplex;

/* Sends the request and waits for the engine's agreement. Failure: as engine_explain(). */
int duplex_open(struct engine *engine, const struct engine_request *request,
	struct duplex **ret_duplex, struct failure *failure);
void duplex_close(struct duplex *duplex);

/* To be polled. */
int duplex_fd(const struct duplex *duplex);

/* Read until -EAGAIN before polling again: a TLS connection may hold more than the socket shows. 0
 * is the end; -errno. */
ssize_t duplex_read(struct duplex *duplex, void *data, size_t size);

/* How much was taken, or -errno; -EAGAIN. */
ssize_t duplex_write(struct duplex *duplex, const void *data, size_t length);

/* Nothing more will be written. Over TLS the other side does not learn of that. */
void duplex_end_writing(struct duplex *duplex);
