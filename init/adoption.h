/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A main process that the service named itself (MAINPID= of sd_notify(3), PIDFile=) instead of one
 * that was spawned. It may be somebody else's child: then its end is seen through a pidfd, and
 * counts as a clean one, since only its parent gets to know more.
 */

#include "init/manager.h"

void adoption_init(struct unit *unit);

/*
 * Makes `pid` the main process if it belongs to the service; one from elsewhere is believed to
 * root alone (`trusted`), unless another service has it. Says so in the log and returns NULL, or
 * returns why it does not: static text. Does not block.
 */
const char *adoption_begin(struct unit *unit, pid_t pid, bool trusted);

/* The main process is gone. */
void adoption_end(struct unit *unit);
