/* SPDX-License-Identifier: MIT */
#include "host-launcher/cache_lock.h"

#include <stdbool.h>
#include <string.h>

static const char *id_of(const json_t *container)
{
	const char *id = json_string_value(json_object_get(container, "Id"));
	return id ? id : "";
}

static bool is_state(const json_t *container, const char *state)
{
	const char *actual = json_string_value(json_object_get(container, "State"));
	return actual && strcmp(actual, state) == 0;
}

static bool is_active(const json_t *container)
{
	return is_state(container, "running") || is_state(container, "paused") ||
	       is_state(container, "restarting") || is_state(container, "removing");
}

/* Both launchers see both containers and judge alike: the older wins, the ID breaks a tie. */
static bool came_first(const json_t *other, const json_t *own)
{
	json_int_t other_s = json_integer_value(json_object_get(other, "Created"));
	json_int_t own_s = json_integer_value(json_object_get(own, "Created"));
	if (other_s != own_s) {
		return other_s < own_s && own_s - other_s <= CACHE_LOCK_STALE_S;
	}
	return strcmp(id_of(other), id_of(own)) < 0;
}

static const json_t *find(const json_t *containers, const char *id)
{
	size_t index;
	const json_t *container;
	json_array_foreach(containers, index, container)
	{
		if (strcmp(id_of(container), id) == 0) {
			return container;
		}
	}
	return NULL;
}

const char *cache_lock_holder(const json_t *containers, const char *own_id)
{
	const json_t *own = find(containers, own_id);
	size_t index;
	const json_t *container;
	json_array_foreach(containers, index, container)
	{
		if (container == own) {
			continue;
		}
		if (is_active(container) ||
			(is_state(container, "created") && came_first(container, own))) {
			return id_of(container);
		}
	}
	return NULL;
}
