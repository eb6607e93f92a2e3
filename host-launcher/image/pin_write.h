/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The writing side of pin.h.
 */

#include <stdint.h>

#include "host-launcher/image/pin.h"

/* The pin's text, with a comment that says what it is for and of what day the packages are. Owned
 * by the caller. Pure. */
char *pin_format(const struct pin *pin, int64_t epoch_s);

/* Replaces the pin of the source tree `source` in one step. Returns 0, or -1 after EXIT_WRITE. */
int pin_write(const char *source, const struct pin *pin, int64_t epoch_s, struct failure *failure);
