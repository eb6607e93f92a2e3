/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory for a short-lived host tool: an allocation that fails ends the program with a message and
 * EXIT_INTERNAL, so callers need not check. A container that is then left behind carries berth's
 * labels. Everything returned is owned by the caller and released with free().
 */

#include <stddef.h>

/* Zeroed room for `count` items of `size` bytes. */
void *alloc_zero(size_t count, size_t size) __attribute__((malloc, returns_nonnull));

/* Like reallocarray(3). */
void *alloc_resize(void *memory, size_t count, size_t size) __attribute__((returns_nonnull));

char *alloc_copy(const char *text) __attribute__((malloc, returns_nonnull));

char *alloc_copy_range(const char *text, size_t length) __attribute__((malloc, returns_nonnull));

char *alloc_printf(const char *format, ...)
	__attribute__((malloc, returns_nonnull, format(printf, 1, 2)));

/* For `autofree char *name = ...`: freed when the scope ends. */
void alloc_freep(void *pointer);
#define autofree __attribute__((cleanup(alloc_freep)))

/* For `autoclose int fd = ...`: closed when the scope ends, unless negative. */
void alloc_closep(const int *fd);
#define autoclose __attribute__((cleanup(alloc_closep)))
