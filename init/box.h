/* SPDX-License-Identifier: MIT */
#pragma once

/* The boxes (services/cgroup.h) in the event loop: made when a service starts, watched while it
 * stops, removed when it is over. */

#include "init/manager.h"

/* The tree is made a moment after the first start; if it cannot be, the log says so once. */
void box_init(struct manager *manager);

/* Kills what is left in the boxes, and removes them. */
void box_finish(struct manager *manager);

/* What holds services together, for the log. */
const char *box_level(const struct manager *manager);

/* Before a process is spawned: gives the service its box, if there can be one. */
void box_open(struct unit *unit);

/* After each step of the service: watches the box while the last processes are waited for, so that
 * EVENT_EMPTY comes; removes it when the service is over. One with survivors (KillMode=process)
 * stays. */
void box_follow(struct unit *unit);
