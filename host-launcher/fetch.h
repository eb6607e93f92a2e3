/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A container's results, from the engine's archive of /artifacts into the gathering folder.
 */

#include "host-launcher/engine.h"
#include "host-launcher/results.h"
#include "host-launcher/unpack.h"

struct fetch_request {
	struct engine *engine;
	const char *id;
	struct results *results;
	int signal_fd; /* a signal breaks the transfer off */
};

/* Blocks until all is there. The caller finishes `unpacked` in any case. Failure: EXIT_WRITE,
 * EXIT_VERIFY, EXIT_ENGINE_LOST, or 128+n for a signal. */
int fetch_results(const struct fetch_request *request, struct unpack_result *unpacked,
	struct failure *failure);
