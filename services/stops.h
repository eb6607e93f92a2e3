/* SPDX-License-Identifier: MIT */
#pragma once

/* What the stop of one service means for others while the whole goes on: Requires=, BindsTo= and
 * PartOf= of systemd.unit(5), in the reverse order of After=. Pure; used by supervisor.c. */

#include "services/supervisor.h"

/* Asks for the stop of a service that is up, and of all that stop with it. `because_of` is who went
 * down. A stop for good has the last word. */
void stops_ask(
	struct supervisor *supervisor, size_t index, size_t because_of, enum stop_purpose purpose);

/* A service went down, asked to or not: those bound to it follow, for good. */
void stops_follow(struct supervisor *supervisor, size_t index);

/* A service is restarted by itself: those that stop with it are restarted along (systemd's
 * RestartMode=normal). Returns whether there are any. */
bool stops_restart(struct supervisor *supervisor, size_t index);

/* Its stop was asked for, to start again. */
bool stops_is_renewal(const struct supervisor *supervisor, size_t index);

/* It is over: its stop is not asked for any more. */
void stops_forget_one(struct supervisor *supervisor, size_t index);

/* The next one that nobody who is after it keeps from stopping, or -1. */
ssize_t stops_next(struct supervisor *supervisor);

/* Forgets what was asked for: the whole stops. */
void stops_forget(struct supervisor *supervisor);
