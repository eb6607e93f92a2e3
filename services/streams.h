/* SPDX-License-Identifier: MIT */
#pragma once

/* StandardInput=, StandardOutput= and StandardError= of a child. */

#include "services/spawn.h"

/* Puts what the service's settings say on descriptors 0, 1 and 2. Called in the child. Returns 0,
 * or -errno with the step in `at`. May block on a FIFO that nobody else has opened. */
int streams_open(
	const struct spawn_host *host, const struct spawn_request *request, struct step_place *at);
