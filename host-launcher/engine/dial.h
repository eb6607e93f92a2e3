/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Connections to an engine on another machine: each is an ssh(1) whose other end runs
 * `docker system dial-stdio`, which passes bytes on to the engine's socket there. ssh gets no
 * terminal: keys come from its agent or from files without a passphrase.
 *
 * libcurl connects to a socket of ours; what it is connected to there is handed to an ssh as
 * standard input and output. The socket has a name without a file, so nothing of it can be left,
 * and only this process is let in.
 */

#include "host-launcher/engine/endpoint.h"

struct dial;

/* `endpoint` is an ssh one; it is not needed any more afterwards. Returns NULL where the system
 * refuses. */
struct dial *dial_create(const struct endpoint *endpoint);

/* Ends the ssh processes that are left, and waits for them. */
void dial_destroy(struct dial *dial);

/* The path of the socket, for this process alone. Valid as long as `dial`. */
const char *dial_path(const struct dial *dial);

/* Starts an ssh for each connection that was made meanwhile. Does not block. */
void dial_serve(struct dial *dial);

/* The last line that ssh or the program over there complained with, owned by the caller; NULL when
 * there is none. */
char *dial_complaint(const struct dial *dial);
