/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The head of an HTTP answer, as far as an upgrade needs it: where it ends, and its status. Pure.
 */

#include <stddef.h>

enum {
	DUPLEX_HEAD_MAX = 64 << 10,
};

/* Looks at what has come so far. Returns 1 with the head's length and status (100-999), 0 while it
 * is not whole, or -EPROTO: it is none, or longer than DUPLEX_HEAD_MAX. */
int duplex_head_parse(const char *data, size_t length, size_t *ret_length, int *ret_status);
