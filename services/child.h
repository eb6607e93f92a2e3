/* SPDX-License-Identifier: MIT */
#pragma once

/* What a new process does before its program runs. Used by spawn.c only. */

#include "services/spawn.h"

/* Moves itself into the cgroup of the request; reports what fails and exits. */
void child_move(const struct spawn_host *host, const struct spawn_request *request);

/* Sets itself up as the request says and executes the command; reports what fails and exits. What
 * it needs of memory is taken from `arena` and never given back. */
_Noreturn void child_run(const struct spawn_host *host, const struct spawn_request *request,
	struct conf_arena *arena);
