/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who got away from the process groups of its service, found by its mark (services/mark.h). Looked
 * for while services stop, and only if PID 1 has children that it did not start: whoever got away
 * is one of those, or below one.
 */

#include "init/manager.h"

/* Takes what it needs. Returns 0 or -ENOMEM. */
int census_init(struct manager *manager);
void census_finish(struct manager *manager);

/* Something has happened since the last count. */
void census_expire(struct manager *manager);

/* How many processes of the service live that no process group accounts for. */
unsigned census_count(struct unit *unit);

/* Signals those. With SIGKILL, again as long as there are new ones. */
void census_signal(struct unit *unit, int signal);
