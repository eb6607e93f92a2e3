/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Only one apt-cacher-ng may run on a cache. The engine's own list of containers that carry the
 * cache's label is the lock: true for every user of the engine, near and far, and never stale.
 * Pure.
 */

#include <jansson.h>

enum {
	/* A container that was created this long before ours and never started was given up. */
	CACHE_LOCK_STALE_S = 60,
};

/* Looks in the engine's list (of containers with the cache's label, ours included, in any state)
 * for one that has the cache: a running one, or one created just before ours that is about to
 * start. Returns its ID, owned by the list, or NULL. */
const char *cache_lock_holder(const json_t *containers, const char *own_id);
