/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether what an engine sends or takes has stood still for long: the rest of a log whose container
 * ended is waited for as long as it moves (to read a long log a second time takes minutes), an
 * engine that says nothing is asked for the container, and a load that stands still is given up.
 * Pure: times are milliseconds of a monotonic clock.
 */

#include <stdbool.h>
#include <stdint.h>

/* Set `limit_ms` before first use, and nothing else. */
struct standstill {
	int64_t limit_ms; /* without a byte */
	bool begun;
	uint64_t moved; /* bytes, when it last moved */
	int64_t until_ms;
};

/* Whether it lasted for the limit; `moved` is the number of bytes that came so far. The first call
 * begins the wait. */
bool standstill_is_over(struct standstill *standstill, uint64_t moved, int64_t now_ms);

/* Begins another wait, of this length. */
void standstill_begin_anew(
	struct standstill *standstill, int64_t limit_ms, uint64_t moved, int64_t now_ms);

/* Until the wait is over; `longest_ms` where it has not begun, and at most that. */
int standstill_wait_ms(const struct standstill *standstill, int64_t now_ms, int longest_ms);
