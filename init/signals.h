/* SPDX-License-Identifier: MIT */
#pragma once

/* Signals to PID 1, read from a signalfd(2): all are blocked from the first instruction on. */

#include <stdbool.h>

#include "init/manager.h"

/* Starts listening. Returns 0 or -errno. */
int signals_start(struct manager *manager);
void signals_stop(struct manager *manager);

/* Whether one that asks to stop has come and was not read yet. */
bool signals_stop_is_pending(void);
