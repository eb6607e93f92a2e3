/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Who the main process of Type=forking is: what PIDFile= names, which is waited for, or the one
 * process that is left (systemd.service(5), GuessMainPID=).
 */

#include "init/manager.h"

/* For a service with PIDFile=; others seek without. Returns 0 or -ENOMEM. */
int forked_init(struct unit *unit, const struct service_config *config);

/* Looks for it now: posts EVENT_MAIN_FOUND or EVENT_MAIN_MISSING. After the latter PIDFile= is
 * watched, and each time that it changes one of both is posted. Does not block. */
void forked_seek(struct unit *unit);

/* The start is over one way or the other: nothing is watched any longer. */
void forked_stop_seeking(struct unit *unit);
