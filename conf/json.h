/* SPDX-License-Identifier: MIT */
#pragma once

/* JSON text (RFC 8259), written piece by piece. */

#include <stdio.h>

/* A string with its quotes, or null. A byte that belongs to no UTF-8 comes out as U+FFFD, so that
 * every reader takes it. */
void conf_json_string(FILE *out, const char *text);

/* The same for `size` bytes, of which any may be 0. */
void conf_json_bytes(FILE *out, const char *bytes, size_t size);
