/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory for libev, which ends the process where it gets none (ev_set_allocator, ev(3)). There is a
 * reserve, taken at load, for its tables to grow into when the system has no more; and when that is
 * used up as well, PID 1 waits for memory rather than end with all that it runs.
 */

#include <stddef.h>

/* Zeroed memory of which each page costs something only once it is touched, or NULL. */
void *memory_map(size_t size);
void memory_unmap(void *memory, size_t size);

/* Takes the reserve and makes libev use it. Once for the process. Returns 0 or -ENOMEM. */
int memory_reserve(size_t size);

/* What libev calls: like realloc(3), with size 0 like free(3). Blocks while there is no memory. */
void *memory_resize(void *block, long size);
