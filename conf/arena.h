/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Memory that lives as long as one loaded configuration: taken piece by piece while loading,
 * given back as a whole. Pieces lie close together, which keeps PID 1 small.
 */

#include <stddef.h>

struct conf_arena {
	struct conf_arena_block *blocks;
};

/* Zeroed memory aligned for any type, or NULL. Owned by the arena. */
void *conf_arena_alloc(struct conf_arena *arena, size_t size);

/* A copy of `text`, or of its first `length` bytes; NULL without memory. */
char *conf_arena_strdup(struct conf_arena *arena, const char *text);
char *conf_arena_strndup(struct conf_arena *arena, const char *text, size_t length);

/* Gives back the tail of the piece that was taken last; `size` bytes of it stay. */
void conf_arena_trim(struct conf_arena *arena, const void *piece, size_t size);

/* Sees to it that `size` bytes can be taken without more from the system. Returns 0 or -ENOMEM. */
int conf_arena_reserve(struct conf_arena *arena, size_t size);

/* Takes all pieces back, but keeps the block that was there first for the next ones. */
void conf_arena_reset(struct conf_arena *arena);

/* Gives all back; the arena is empty and usable again. */
void conf_arena_finish(struct conf_arena *arena);

/* A list of strings that grows in an arena; `items` ends with NULL (or is NULL when empty). */
struct conf_strings {
	char **items;
	size_t count;
};

/* Appends a copy of `text`. Returns 0 or -ENOMEM. */
int conf_strings_add(struct conf_arena *arena, struct conf_strings *list, const char *text);

/* The same with the string itself, which must outlive the list. */
int conf_strings_push(struct conf_arena *arena, struct conf_strings *list, char *text);

/* Makes a list of the strings of `items` themselves, up to its NULL. Returns 0 or -ENOMEM. */
int conf_strings_share(struct conf_arena *arena, char *const *items, struct conf_strings *ret_list);
