/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Bytes that grow at the end and are taken from the front. `data` is always followed by a NUL that
 * `length` does not count, so text can be used as a string. Zero-initialise before first use.
 */

#include <stddef.h>

struct buffer {
	char *data;
	size_t length;
	size_t capacity;
};

void buffer_append(struct buffer *buffer, const void *bytes, size_t length);

void buffer_append_text(struct buffer *buffer, const char *text);

void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Drops the first `length` bytes (at most all of them). */
void buffer_consume(struct buffer *buffer, size_t length);

/* The contents as a string, "" when nothing was ever added. Valid until the next change. */
const char *buffer_text(const struct buffer *buffer);

/* Hands the string over to the caller, who frees it, and leaves the buffer empty. */
char *buffer_steal(struct buffer *buffer);

void buffer_finish(struct buffer *buffer);
