/* SPDX-License-Identifier: MIT */
#include "conf/arena.h"

#include <errno.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK_SIZE ((size_t)4096 - 64)

struct conf_arena_block {
	struct conf_arena_block *next;
	size_t size;
	size_t used;
	alignas(max_align_t) char bytes[];
};

static struct conf_arena_block *add_block(struct conf_arena *arena, size_t size)
{
	struct conf_arena_block *block = calloc(1, sizeof(*block) + size);

	if (block) {
		block->size = size;
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

static size_t align(size_t size)
{
	const size_t mask = alignof(max_align_t) - 1;

	return (size + mask) & ~mask;
}

void *conf_arena_alloc(struct conf_arena *arena, size_t size)
{
	struct conf_arena_block *block = arena->blocks;

	if (size > PTRDIFF_MAX / 2) {
		return NULL;
	}
	size = align(size);
	if (!block || block->size - block->used < size) {
		block = add_block(arena, size > BLOCK_SIZE ? size : BLOCK_SIZE);
	}
	if (!block) {
		return NULL;
	}
	void *piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

void conf_arena_trim(struct conf_arena *arena, const void *piece, size_t size)
{
	struct conf_arena_block *block = arena->blocks;
	size_t offset = (size_t)((const char *)piece - block->bytes);

	memset(block->bytes + offset + size, 0, block->used - offset - size);
	block->used = offset + align(size);
}

char *conf_arena_strndup(struct conf_arena *arena, const char *text, size_t length)
{
	char *copy = conf_arena_alloc(arena, length + 1);

	return copy ? memcpy(copy, text, length) : NULL;
}

char *conf_arena_strdup(struct conf_arena *arena, const char *text)
{
	return conf_arena_strndup(arena, text, strlen(text));
}

int conf_arena_reserve(struct conf_arena *arena, size_t size)
{
	const struct conf_arena_block *block = arena->blocks;

	if (block && block->size - block->used >= size) {
		return 0;
	}
	return add_block(arena, size) ? 0 : -ENOMEM;
}

void conf_arena_reset(struct conf_arena *arena)
{
	struct conf_arena_block *block = arena->blocks;

	while (block && block->next) {
		arena->blocks = block->next;
		free(block);
		block = arena->blocks;
	}
	if (block) {
		memset(block->bytes, 0, block->used);
		block->used = 0;
	}
}

void conf_arena_finish(struct conf_arena *arena)
{
	while (arena->blocks) {
		struct conf_arena_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}

/* Room for 3 strings and the NULL at the end, then for 7, 15 and so on. */
static size_t capacity_of(size_t count)
{
	size_t capacity = 4;

	while (capacity <= count) {
		capacity *= 2;
	}
	return capacity;
}

static int resize(struct conf_arena *arena, struct conf_strings *list, size_t capacity)
{
	char **items = conf_arena_alloc(arena, capacity * sizeof(*items));

	if (!items) {
		return -ENOMEM;
	}
	if (list->items) {
		memcpy(items, list->items, list->count * sizeof(*items));
	}
	list->items = items;
	return 0;
}

int conf_strings_push(struct conf_arena *arena, struct conf_strings *list, char *text)
{
	size_t capacity = capacity_of(list->count + 1);

	if ((!list->items || capacity != capacity_of(list->count)) &&
		resize(arena, list, capacity) < 0) {
		return -ENOMEM;
	}
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
	return 0;
}

int conf_strings_add(struct conf_arena *arena, struct conf_strings *list, const char *text)
{
	char *copy = conf_arena_strdup(arena, text);

	return copy ? conf_strings_push(arena, list, copy) : -ENOMEM;
}

int conf_strings_share(struct conf_arena *arena, char *const *items, struct conf_strings *ret_list)
{
	struct conf_strings list = { 0 };
	size_t count = 0;

	while (items[count]) {
		count++;
	}
	if (resize(arena, &list, capacity_of(count)) < 0) {
		return -ENOMEM;
	}
	memcpy(list.items, items, count * sizeof(*items));
	list.count = count;
	*ret_list = list;
	return 0;
}
