/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a container that ended left: its results, from the engine's archive of /artifacts into the
 * gathering folder, and what berth-init says of it.
 */

#include "host-launcher/engine/engine.h"
#include "host-launcher/results/results.h"
#include "host-launcher/results/unpack.h"

struct fetch_request {
	struct engine *engine;
	const char *id;
	struct results *results;
	int signal_fd; /* a signal breaks the transfer off */
};

/* Blocks until all is there, or nothing came for HTTP_TIMEOUT_MS. The caller finishes `unpacked` in
 * any case. Failure: EXIT_WRITE, EXIT_VERIFY, EXIT_ENGINE_LOST, EXIT_NO_ARTIFACTS where there is no
 * folder of them, or 128+n for a signal. */
int fetch_results(const struct fetch_request *request, struct unpack_result *unpacked,
	struct failure *failure);

/* Whether berth-init says that the kernel killed for want of memory (see init_result.h); `results`
 * is not used. Failure: EXIT_NO_ARTIFACTS where there is no such file, EXIT_ENGINE_LOST, or 128+n
 * for a signal. */
int fetch_is_oom(const struct fetch_request *request, bool *ret_oom, struct failure *failure);
