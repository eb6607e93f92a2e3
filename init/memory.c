/* SPDX-License-Identifier: MIT */
#include "init/memory.h"

#include <errno.h>
#include <ev.h>
#include <malloc.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>

enum {
	ALIGNMENT = 16,
	RETRY_MS = 50,
};

/* In front of each block of the reserve. */
struct header {
	_Alignas(ALIGNMENT) size_t size;
};

static char *reserve;
static size_t reserve_size;
static size_t reserve_used;

static bool is_reserved(const void *block)
{
	const char *at = block;

	return reserve && at >= reserve && at < reserve + reserve_size;
}

static size_t size_of(void *block)
{
	if (!block) {
		return 0;
	}
	return is_reserved(block) ? ((struct header *)block - 1)->size : malloc_usable_size(block);
}

/* Blocks of the reserve are never given back: tables grow by doubling, and seldom. */
static void *take_reserved(size_t size)
{
	size_t rounded = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	struct header *header = (struct header *)(void *)(reserve + reserve_used);

	if (!reserve || rounded > reserve_size ||
		reserve_used + sizeof(*header) > reserve_size - rounded) {
		return NULL;
	}
	reserve_used += sizeof(*header) + rounded;
	header->size = size;
	return header + 1;
}

static void release(void *block)
{
	if (!is_reserved(block)) {
		free(block);
	}
}

static void *copy_to(void *to, void *block, size_t size)
{
	size_t old = size_of(block);

	if (to && old) {
		memcpy(to, block, old < size ? old : size);
	}
	return to;
}

/* Returns NULL and leaves the block as it was if there is no memory. */
static void *try_resize(void *block, size_t size)
{
	void *larger;

	if (is_reserved(block)) {
		larger = malloc(size);
		return copy_to(larger ? larger : take_reserved(size), block, size);
	}
	larger = realloc(block, size);
	if (larger) {
		return larger;
	}
	larger = copy_to(take_reserved(size), block, size); /* realloc() left it as it was */
	if (larger) {
		free(block);
	}
	return larger;
}

void *memory_resize(void *block, long size)
{
	const struct timespec wait = { 0, RETRY_MS * 1000000L };
	void *result;

	if (size <= 0) {
		release(block);
		return NULL;
	}
	while (!(result = try_resize(block, (size_t)size))) {
		nanosleep(&wait, NULL);
	}
	return result;
}

void *memory_map(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return memory == MAP_FAILED ? NULL : memory;
}

void memory_unmap(void *memory, size_t size)
{
	if (memory) {
		munmap(memory, size);
	}
}

int memory_reserve(size_t size)
{
	reserve = memory_map(size);
	if (!reserve) {
		return -ENOMEM;
	}
	reserve_size = size;
	ev_set_allocator(memory_resize);
	return 0;
}
