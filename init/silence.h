/* SPDX-License-Identifier: MIT */
#pragma once

/* OutputTimeoutSec=: a service that runs and writes nothing to the log for so long has hung. What
 * it is to write is in lines; LogFollow= counts as well. Whoever waits for room in the log is not
 * silent. */

#include <ev.h>
#include <stdint.h>

struct service_config;
struct unit;

struct silence {
	ev_timer timer;
	int64_t begun_ms; /* of this run */
};

/* Takes what it needs, where the service has the key. Returns 0 or -ENOMEM. */
int silence_init(struct unit *unit, const struct service_config *config);
void silence_finish(struct unit *unit);

/* After each step of the service: listens as long as it runs. It posts EVENT_SILENT. */
void silence_follow(struct unit *unit);
