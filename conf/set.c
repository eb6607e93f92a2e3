/* SPDX-License-Identifier: MIT */
/* All services that were loaded, and who is meant by a name. */
#include "conf/set.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "conf/value.h"

#define SUFFIX ".service"

bool exit_status_set_has_code(const struct exit_status_set *set, int code)
{
	return set && code >= 0 && code < 256 && (set->codes[code / 8] & (1U << (code % 8)));
}

bool exit_status_set_has_signal(const struct exit_status_set *set, int signal)
{
	return set && signal > 0 && signal <= 64 && (set->signals & (UINT64_C(1) << (signal - 1)));
}

bool exit_status_set_has(const struct exit_status_set *set, int wait_status)
{
	return WIFSIGNALED(wait_status) ? exit_status_set_has_signal(set, WTERMSIG(wait_status))
					: exit_status_set_has_code(set, WEXITSTATUS(wait_status));
}

size_t conf_bare_length(const char *name)
{
	size_t length = strlen(name);
	size_t suffix = strlen(SUFFIX);

	if (length > suffix && strcmp(name + length - suffix, SUFFIX) == 0) {
		return length - suffix;
	}
	return length;
}

/* --- the index: a table with open addresses -------------------------------------------------- */

/* FNV-1a */
static uint32_t hash(const char *name, size_t length)
{
	uint32_t value = 2166136261U;

	for (size_t i = 0; i < length; i++) {
		value = (value ^ (unsigned char)name[i]) * 16777619U;
	}
	return value;
}

/* A slot says which of the services or of the aliases it is of; 0 is an empty one. */
static uint32_t service_slot(size_t index)
{
	return (uint32_t)index * 2 + 1;
}

static uint32_t alias_slot(size_t index)
{
	return (uint32_t)index * 2 + 2;
}

static const char *slot_name(const struct conf_set *set, uint32_t slot)
{
	return slot % 2 ? set->services[slot / 2]->name : set->aliases[slot / 2 - 1].name;
}

/* The slot of a name, or the empty one where it would be. There is always an empty one. */
static uint32_t *seek(const struct conf_set *set, const char *name, size_t length)
{
	size_t mask = set->slot_count - 1;
	size_t at = hash(name, length) & mask;

	for (; set->slots[at]; at = (at + 1) & mask) {
		const char *candidate = slot_name(set, set->slots[at]);

		if (strncmp(candidate, name, length) == 0 && !candidate[length]) {
			break;
		}
	}
	return &set->slots[at];
}

static void note(struct conf_set *set, uint32_t slot)
{
	const char *name = slot_name(set, slot);

	*seek(set, name, strlen(name)) = slot;
}

/* Room for one name more: half of the table stays empty. */
static int grow_index(struct conf_set *set)
{
	size_t names = set->count + set->alias_count + 1;

	if (names * 2 <= set->slot_count) {
		return 0;
	}
	size_t slot_count = set->slot_count ? set->slot_count * 2 : 16;
	uint32_t *slots = slot_count <= UINT32_MAX / 2 ? calloc(slot_count, sizeof(*slots)) : NULL;
	if (!slots) {
		return -ENOMEM;
	}
	free(set->slots);
	set->slots = slots;
	set->slot_count = slot_count;
	for (size_t i = 0; i < set->count; i++) {
		note(set, service_slot(i));
	}
	for (size_t i = 0; i < set->alias_count; i++) {
		note(set, alias_slot(i));
	}
	return 0;
}

ssize_t conf_set_find(const struct conf_set *set, const char *name)
{
	uint32_t slot = set->slots ? *seek(set, name, conf_bare_length(name)) : 0;

	if (!slot) {
		return -1;
	}
	return slot % 2 ? (ssize_t)(slot / 2) : set->aliases[slot / 2 - 1].index;
}

int conf_set_alias(struct conf_set *set, const char *name, size_t index)
{
	size_t length = conf_bare_length(name);
	uint32_t slot = set->slots ? *seek(set, name, length) : 0;

	if (slot) {
		struct conf_alias *known = slot % 2 ? NULL : &set->aliases[slot / 2 - 1];

		if (known && known->index != (ssize_t)index) {
			known->index = -1;
		}
		return 0;
	}
	char *copy = conf_arena_strndup(&set->arena, name, length);
	struct conf_alias *aliases =
		reallocarray(set->aliases, set->alias_count + 1, sizeof(*aliases));

	set->aliases = aliases ? aliases : set->aliases;
	if (!copy || !aliases || grow_index(set) < 0) {
		return -ENOMEM;
	}
	set->aliases[set->alias_count] = (struct conf_alias) { copy, (ssize_t)index };
	note(set, alias_slot(set->alias_count++));
	return 0;
}

/* --- services -------------------------------------------------------------------------------- */

/* systemd's defaults (systemd-system.conf(5)), but for the 2 s of StopGraceSec=. */
static void set_defaults(struct service_config *service)
{
	service->start_limit_interval_ms = 10000;
	service->start_limit_burst = 5;
	service->restart_ms = 100;
	service->restart_max_delay_ms = CONF_INFINITY;
	service->timeout_start_ms = 90000;
	service->timeout_stop_ms = 90000;
	service->runtime_max_ms = CONF_INFINITY;
	service->output_timeout_ms = CONF_INFINITY;
	service->stop_grace_ms = 2000;
	service->kill_signal = SIGTERM;
	service->final_kill_signal = SIGKILL;
	service->watchdog_signal = SIGABRT;
	service->send_sigkill = true;
	service->exec.umask = 0022;
	service->exec.cpu_policy = EXEC_UNSET;
	service->exec.cpu_priority = EXEC_UNSET;
	service->exec.io_class = EXEC_UNSET;
	service->exec.io_priority = EXEC_UNSET;
	service->exec.capability_bounding_set = EXEC_ALL_CAPABILITIES;
	for (size_t i = 0; i < DIRECTORY_KINDS; i++) {
		service->exec.directories[i].mode = 0755;
	}
}

static int grow(struct conf_set *set)
{
	if (set->count < set->capacity) {
		return 0;
	}
	size_t capacity = set->capacity ? set->capacity * 2 : 8;
	struct service_config **services =
		reallocarray(set->services, capacity, sizeof(struct service_config *));
	if (!services) {
		return -ENOMEM;
	}
	set->services = services;
	set->capacity = capacity;
	return 0;
}

struct service_config *conf_set_add(
	struct conf_set *set, const char *name, const struct conf_place *place)
{
	struct service_config *service = conf_arena_alloc(&set->arena, sizeof(*service));
	char *copy = conf_arena_strndup(&set->arena, name, conf_bare_length(name));

	if (!service || !copy || grow(set) < 0 || grow_index(set) < 0) {
		return NULL;
	}
	set_defaults(service);
	service->name = copy;
	service->place = *place;
	set->services[set->count] = service;
	note(set, service_slot(set->count++));
	return service;
}

void conf_set_finish(struct conf_set *set)
{
	free(set->services);
	free(set->aliases);
	free(set->slots);
	conf_arena_finish(&set->arena);
	*set = (struct conf_set) { 0 };
}
