/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Between our standard streams and a program in a container, both ways, until it ends.
 */

#include <stdbool.h>

#include "host-launcher/engine/duplex.h"

struct pump {
	struct duplex *duplex;
	bool terminal; /* what comes is one raw stream, else frames of output and errors */
	/* Called when the terminal's size changed, and once at first; may be NULL. */
	void (*resize)(void *user, unsigned rows, unsigned columns);
	void *user;
};

/* Blocks until the other side ends. With `terminal` ours is in raw mode meanwhile. Returns 0, 128+n
 * for a signal to us, or -1: EXIT_ENGINE_LOST, EXIT_INTERNAL. */
int pump_run(const struct pump *pump, struct failure *failure);
