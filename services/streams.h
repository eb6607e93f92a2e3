/* SPDX-License-Identifier: MIT */
#pragma once

/* StandardInput=, StandardOutput= and StandardError= of a child. */

#include "services/spawn.h"

/* Whether a main process with these settings is the foreground job of berth-init's terminal: it
 * reads from there. */
bool streams_want_terminal(const struct spawn_host *host, const struct exec_context *exec);

/* Whether anything of it goes to the log. */
bool streams_use_log(const struct exec_context *exec, bool foreground);

/* Puts what the service's settings say on descriptors 0, 1 and 2. Called in the child. Returns 0,
 * or -errno with the step in `at`. May block on a FIFO that nobody else has opened. */
int streams_open(
	const struct spawn_host *host, const struct spawn_request *request, struct step_place *at);
