/* SPDX-License-Identifier: MIT */
#pragma once

/* What the stop of one service means for others while the whole goes on: Requires=, BindsTo= and
 * PartOf= of systemd.unit(5), in the reverse order of After=. Pure; used by supervisor.c. */

#include "services/supervisor.h"

/* Asks for the stop of a service that is up, and of all that stop with it. `because_of` is who went
 * down. */
void stops_ask(struct supervisor *supervisor, size_t index, size_t because_of);

/* A service went down, asked to or not: those bound to it follow. */
void stops_follow(struct supervisor *supervisor, size_t index);

/* The next one that nobody who is after it keeps from stopping, or -1. */
ssize_t stops_next(struct supervisor *supervisor);

/* Forgets what was asked for: the whole stops. */
void stops_forget(struct supervisor *supervisor);
