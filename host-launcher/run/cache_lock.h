/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Only one apt-cacher-ng may run on a cache. The engine's own list of containers that carry the
 * cache's label is the lock: true for every user of the engine, near and far, and never stale.
 *
 * Each launcher creates its container first and looks then. Who sees no other goes on, and whoever
 * comes later sees that one. Of two that see each other before either has started, the one with
 * the greater ID gives up, and the other waits for that. Pure.
 */

#include <jansson.h>

enum cache_lock_verdict {
	CACHE_LOCK_OURS,
	CACHE_LOCK_WAIT, /* the other one is going, or about to: look again */
	CACHE_LOCK_TAKEN,
};

enum {
	/* A container that was created this long before ours and never started was given up. */
	CACHE_LOCK_STALE_S = 60,
	/* Longer than this a launcher does not take to give up. */
	CACHE_LOCK_WAIT_MS = 30 * 1000,
	CACHE_LOCK_POLL_MS = 100,
};

/* Judges the engine's list of containers with the cache's label, ours included, in any state.
 * `*ret_holder`, set unless the cache is ours, is the ID of the other one, owned by the list. */
enum cache_lock_verdict cache_lock_judge(
	const json_t *containers, const char *own_id, const char **ret_holder);
