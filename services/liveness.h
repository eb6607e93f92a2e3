/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Signs of life: WatchdogSec= of systemd.service(5), and what moves deadlines (WATCHDOG=1,
 * WATCHDOG_USEC= and EXTEND_TIMEOUT_USEC= of sd_notify(3)). Pure; used by state.c only.
 */

#include "services/service.h"

/*
 * What an event is to the state machine. Those that only move deadlines are done by it; a
 * EVENT_TIMEOUT that is not due any more means nothing, and one of the watchdog is
 * EVENT_WATCHDOG_TRIGGER. An event of no meaning comes back as EVENT_ALIVE, which no state knows.
 */
enum service_event_kind liveness_judge(
	struct service *service, const struct service_event *event, int64_t now_ms);

/* After each step: the watchdog counts while the service is up, and only then. */
void liveness_update(struct service *service, int64_t now_ms);
