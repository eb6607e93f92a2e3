/* SPDX-License-Identifier: MIT */
#pragma once

/* What ReadyWhen= makes of time and of answers. Pure. */

#include <stddef.h>
#include <stdint.h>

enum {
	READY_FIRST_DELAY_MS = 10,
	READY_MAX_DELAY_MS = 500,
	/* What of an answer is needed to judge it: "HTTP/1.1 200 ". */
	READY_ANSWER_MAX = 13,
};

/* The wait before the next attempt, from the one before the last: it doubles up to half a second.
 */
int64_t ready_next_delay_ms(int64_t delay_ms);

/* The status of an HTTP answer of which `length` bytes are there: 100 to 999, 0 if more is needed,
 * or -EBADMSG. Looks at READY_ANSWER_MAX bytes at most (RFC 9112, 4). */
int ready_http_status(const char *answer, size_t length);
