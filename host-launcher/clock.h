/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* Milliseconds of the monotonic clock. */
int64_t clock_now_ms(void);
