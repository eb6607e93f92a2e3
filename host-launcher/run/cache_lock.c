/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/cache_lock.h"

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
	       is_state(container, "restarting") || is_state(container, "stopping");
}

static bool is_stale(const json_t *other, const json_t *own)
{
	json_int_t other_s = json_integer_value(json_object_get(other, "Created"));
	json_int_t own_s = json_integer_value(json_object_get(own, "Created"));
	return own_s - other_s > CACHE_LOCK_STALE_S;
}

static enum cache_lock_verdict judge_one(const json_t *other, const json_t *own)
{
	if (is_active(other)) {
		return CACHE_LOCK_TAKEN;
	}
	if (is_state(other, "removing")) {
		return CACHE_LOCK_WAIT;
	}
	if (!is_state(other, "created") || is_stale(other, own)) {
		return CACHE_LOCK_OURS;
	}
	return strcmp(id_of(own), id_of(other)) < 0 ? CACHE_LOCK_WAIT : CACHE_LOCK_TAKEN;
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

enum cache_lock_verdict cache_lock_judge(
	const json_t *containers, const char *own_id, const char **ret_holder)
{
	const json_t *own = find(containers, own_id);
	enum cache_lock_verdict worst = CACHE_LOCK_OURS;
	size_t index;
	const json_t *container;
	json_array_foreach(containers, index, container)
	{
		enum cache_lock_verdict verdict =
			container == own ? CACHE_LOCK_OURS : judge_one(container, own);
		if (verdict > worst) {
			worst = verdict;
			*ret_holder = id_of(container);
		}
	}
	return worst;
}
