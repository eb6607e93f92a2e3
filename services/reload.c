/* SPDX-License-Identifier: MIT */
#include "services/reload.h"

#include <string.h>

#include "services/due.h"
#include "services/stops.h"

/* By its own name: an alias may have become a service. */
static ssize_t find(const struct conf_set *set, const char *name)
{
	ssize_t index = conf_set_find(set, name);

	return index >= 0 && strcmp(set->services[index]->name, name) == 0 ? index : -1;
}

static bool is_unchanged(const struct service_config *service, const struct conf_set *other)
{
	ssize_t index = find(other, service->name);

	return index >= 0 && other->services[index]->fingerprint == service->fingerprint;
}

struct reload_difference reload_begin(struct supervisor *s, const struct conf_set *next)
{
	struct reload_difference difference = { 0 };

	s->held = true;
	for (size_t i = 0; i < s->set->count; i++) {
		const struct service_config *service = s->set->services[i];

		if (is_unchanged(service, next)) {
			difference.unchanged++;
			continue;
		}
		difference.removed += find(next, service->name) < 0;
		difference.changed += find(next, service->name) >= 0;
		stops_ask(s, i, i, STOP_TO_START_AGAIN);
	}
	difference.added = next->count - difference.unchanged - difference.changed;
	return difference;
}

bool reload_is_due(const struct supervisor *s)
{
	for (size_t i = 0; i < s->set->count; i++) {
		if (stops_is_renewal(s, i)) {
			return false;
		}
	}
	return true;
}

void reload_map(const struct supervisor *s, const struct conf_set *next, ssize_t *ret_from)
{
	for (size_t i = 0; i < next->count; i++) {
		const struct service_config *service = next->services[i];
		ssize_t index = is_unchanged(service, s->set) ? find(s->set, service->name) : -1;

		ret_from[i] = index >= 0 && s->begun[index] ? index : -1;
	}
}

enum {
	COMMAND_LISTS = 7,
};

static void list_commands(
	const struct service_config *config, const struct exec_command *ret_lists[COMMAND_LISTS])
{
	const struct exec_command *const lists[COMMAND_LISTS] = { config->exec_condition,
		config->exec_start_pre, config->exec_start, config->exec_start_post,
		config->exec_reload, config->exec_stop, config->exec_stop_post };

	memcpy(ret_lists, lists, sizeof(lists));
}

const struct exec_command *reload_command(const struct exec_command *command,
	const struct service_config *config, const struct service_config *next)
{
	const struct exec_command *lists[COMMAND_LISTS], *next_lists[COMMAND_LISTS];

	list_commands(config, lists);
	list_commands(next, next_lists);
	for (int i = 0; command && i < COMMAND_LISTS; i++) {
		const struct exec_command *a = lists[i], *b = next_lists[i];

		for (; a && b; a = a->next, b = b->next) {
			if (a == command) {
				return b;
			}
		}
	}
	return NULL;
}

static void take_over(
	struct supervisor *to, size_t index, const struct supervisor *from, size_t old_index)
{
	struct service *service = &to->services[index];
	const struct service_config *config = service->config;
	const struct service_config *old = from->services[old_index].config;

	*service = from->services[old_index];
	service->config = config;
	service->command = reload_command(service->command, old, config);
	service->main_command = reload_command(service->main_command, old, config);
	to->begun[index] = true;
	to->counted[index] = from->counted[old_index];
	to->settled[index] = from->settled[old_index];
	to->stops[index] = from->stops[old_index];
	to->stops[index].because_of = index;
	to->stops_asked += to->stops[index].phase == STOP_ASKED;
	to->active -= to->counted[index];
}

int reload_finish(const struct supervisor *s, struct conf_set *next, const ssize_t *from,
	struct conf_problems *problems, struct supervisor *ret_supervisor)
{
	int r = supervisor_init(ret_supervisor, next, problems);

	if (r < 0) {
		return r;
	}
	due_clear(ret_supervisor);
	for (size_t i = 0; i < next->count; i++) {
		if (from[i] >= 0) {
			take_over(ret_supervisor, i, s, (size_t)from[i]);
		}
	}
	for (size_t i = 0; i < next->count; i++) {
		if (from[i] < 0) {
			due_renew(ret_supervisor, i);
		}
	}
	return 0;
}

void reload_cancel(struct supervisor *s)
{
	s->held = false;
}
