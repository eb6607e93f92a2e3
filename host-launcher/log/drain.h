/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How long the rest of a log is waited for once its container has ended: as long as it moves. A
 * long log that is read a second time takes minutes; an engine that owes bytes and sends none is
 * not waited for. Pure: times are milliseconds of a monotonic clock.
 */

#include <stdbool.h>
#include <stdint.h>

enum {
	DRAIN_MS = 10 * 1000, /* without a byte */
};

/* Zero-initialise before first use. */
struct drain {
	bool begun;
	uint64_t moved; /* bytes, when it last moved */
	int64_t until_ms;
};

/* Whether it has stood still for long enough; `moved` is the number of bytes that came so far. The
 * first call begins the wait. */
bool drain_is_over(struct drain *drain, uint64_t moved, int64_t now_ms);

/* Until that would be so; `longest_ms` where the wait has not begun, and at most that. */
int drain_wait_ms(const struct drain *drain, int64_t now_ms, int longest_ms);
