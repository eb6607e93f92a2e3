/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Values that people write: time spans as in systemd.time(7) and sizes as in systemd. Pure.
 */

#include <stdbool.h>
#include <stdint.h>

/* "90", "1.5h", "2min 30s"; without a unit: seconds. Returns 0, -EINVAL or -ERANGE. */
int value_parse_duration(const char *text, int64_t *ret_ms);

/* "8G", "512M", "1073741824"; powers of 1024. Returns 0, -EINVAL or -ERANGE. */
int value_parse_size(const char *text, uint64_t *ret_bytes);

/* 1/yes/true/on, 0/no/false/off. Returns 0 or -EINVAL. */
int value_parse_bool(const char *text, bool *ret_value);
