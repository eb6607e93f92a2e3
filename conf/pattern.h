/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Extended regular expressions as in regex(7), over bytes: . [] () | * + ? {m,n} ^ $ and \ before
 * what is not a letter or digit; without collating symbols. Not the C library's: that one adds 74
 * KiB to a static PID 1, allocates while it matches, and some expressions make it take for ever.
 * Here memory is fixed and time is bounded by length times size (Thompson's construction). Pure.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	PATTERN_CODE_MAX = 512,
	PATTERN_SETS_MAX = 32,
};

struct pattern_step {
	uint8_t what;
	uint8_t byte; /* the byte, or the number of a set */
	int16_t to;   /* where else it goes on, from here */
};

struct pattern {
	struct pattern_step code[PATTERN_CODE_MAX];
	size_t length;
	uint8_t sets[PATTERN_SETS_MAX][256 / 8];
	size_t sets_count;
};

/* Returns 0, or -EINVAL with what is wrong in `ret_why`, a static string. */
int pattern_compile(const char *text, struct pattern *ret_pattern, const char **ret_why);

/* Whether it matches anywhere in `length` bytes. */
bool pattern_matches(const struct pattern *pattern, const char *text, size_t length);
