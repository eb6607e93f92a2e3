/* SPDX-License-Identifier: MIT */
#pragma once

/* What a new process does before its program runs. Used by spawn.c only. */

#include "services/spawn.h"

/* Sets itself up as the request says and executes the command; reports what fails and exits. */
_Noreturn void child_run(const struct spawn_host *host, const struct spawn_request *request);
