/* SPDX-License-Identifier: MIT */
#pragma once

/* Whose turn it is, and how many others each one waits for: with After= to start, later in the
 * reverse order to stop. Pure; used by supervisor.c. */

#include "services/supervisor.h"

/* Its turn has come; nothing if it is due already. */
void due_push(struct supervisor *supervisor, size_t index);

/* The one that has been due for longest, or -1. */
ssize_t due_pop(struct supervisor *supervisor);

void due_clear(struct supervisor *supervisor);

/* Its start is settled: those that are after it wait for one less. */
void due_settle(struct supervisor *supervisor, size_t index);

/* Its start is open again: those that have not begun yet wait for it. */
void due_unsettle(struct supervisor *supervisor, size_t index);

/* As if it had never run: it is due when all that it is after is settled. */
void due_renew(struct supervisor *supervisor, size_t index);
