/* SPDX-License-Identifier: MIT */
#pragma once

/* The commands that read configuration and run nothing: check, show, graph, import. berth-init(8),
 * COMMANDS. */

#include <stdbool.h>

/* Whether `name` is one of them. */
bool tools_know(const char *name);

/* Runs the command `arguments[0]` with what follows, up to a NULL. `strict`: warnings count as
 * errors. Returns an exit code. */
int tools_run(char **arguments, bool strict);
