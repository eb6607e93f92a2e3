/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A container as it has to be before it may start: with berth's own files and the source in it, and
 * the package cache for itself.
 */

#include "host-launcher/run/run.h"

/* Creates it with berth's files. Its ID, owned by the caller, is there also when something fails
 * after it was created. Failure: EXIT_CANNOT_START. */
int run_create(const struct run_request *request, char **ret_id, struct failure *failure);

/* The source, where the engine cannot mount it; see source_upload.h. */
int run_send_source(const struct run_request *request, const char *id, struct failure *failure);

/* Waits for a build that is about to give the cache up; a signal ends the wait and is left to be
 * read. Failure: EXIT_BUSY, EXIT_API. */
int run_lock_cache(
	const struct run_request *request, const char *id, int signal_fd, struct failure *failure);
