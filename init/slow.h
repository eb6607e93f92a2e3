/* SPDX-License-Identifier: MIT */
#pragma once

/* Tells every two seconds of services that take their time to stop: which processes it waits for,
 * since when, and what comes next. */

#include "init/manager.h"

void slow_init(struct manager *manager);
void slow_finish(struct manager *manager);

/* After each step of the service, which was in `before`. */
void slow_follow(struct unit *unit, enum service_state before);
