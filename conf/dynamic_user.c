/* SPDX-License-Identifier: MIT */
#include "conf/dynamic_user.h"

#include <string.h>

/* Nothing else has numbers from here: systemd's UIDS-GIDS.md. */
enum {
	ID_FIRST = 61184,
	ID_LAST = 65519,
	ID_COUNT = ID_LAST - ID_FIRST + 1,
};

/* FNV-1a */
static uid_t hash(const char *name)
{
	uint32_t value = 2166136261U;

	for (; *name; name++) {
		value = (value ^ (unsigned char)*name) * 16777619U;
	}
	return ID_FIRST + value % ID_COUNT;
}

/* Whether one of the first `count` services has the number by another name. */
static bool is_taken(const struct conf_set *set, size_t count, uid_t id, const char *name)
{
	for (size_t i = 0; i < count; i++) {
		const struct exec_context *other = &set->services[i]->exec;

		if (other->dynamic_id == id && strcmp(other->user, name) != 0) {
			return true;
		}
	}
	return false;
}

/* That of the unit up to the @: instances share their user. */
static const char *name_of(struct conf_set *set, const char *service)
{
	const char *name = conf_arena_strndup(&set->arena, service, strcspn(service, "@"));

	return name && *name ? name : service;
}

void conf_dynamic_users(struct conf_set *set)
{
	for (size_t i = 0; i < set->count; i++) {
		struct exec_context *exec = &set->services[i]->exec;

		if (!exec->dynamic_user) {
			continue;
		}
		exec->user = exec->user ? exec->user : name_of(set, set->services[i]->name);
		exec->no_new_privileges = true;
		exec->dynamic_id = hash(exec->user);
		for (int tries = 0;
			tries < ID_COUNT && is_taken(set, i, exec->dynamic_id, exec->user);
			tries++) {
			exec->dynamic_id =
				exec->dynamic_id < ID_LAST ? exec->dynamic_id + 1 : ID_FIRST;
		}
	}
}
