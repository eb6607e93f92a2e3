/* SPDX-License-Identifier: MIT */
#pragma once

/* Every process that ends below PID 1: those of services become events, orphans are counted. */

#include "init/manager.h"

/* Reaps what has ended, up to a bound, and where there may be more tells itself by SIGCHLD: so all
 * else has its turn in between, whoever makes children faster than they are reaped. */
void reaper_run(struct manager *manager);

/* Takes the children's reports of failed set-ups, which come before their exits. */
void reaper_read_reports(struct manager *manager);

/*
 * The end: stops what no service accounts for, politely first, then with SIGKILL, and reaps it.
 * Takes `grace_ms` for the first, and about a second for the second. Notes how main processes
 * ended that were still there. Returns how many processes were left over.
 */
unsigned reaper_sweep(struct manager *manager, int64_t grace_ms);
