/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* Milliseconds of the monotonic clock. */
int64_t clock_now_ms(void);

/* A time by RFC 3339, "2026-01-31T12:00:00.5+01:00", in milliseconds since 1970. Returns 0 or
 * -EINVAL. Pure. */
int clock_parse_time(const char *text, int64_t *ret_ms);
