/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC: the wall clock may jump, time-outs may not. */
int64_t clock_now_ms(void);
