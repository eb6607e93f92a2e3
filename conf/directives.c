/* SPDX-License-Identifier: MIT */
#include "conf/directives.h"

#include <string.h>

#include "conf/directives_table.h"
#include "conf/value.h"

enum {
	NAMES_MAX = 512, /* more than all tables have */
};

static const struct directive_table *const tables[] = {
	&directives_unit,
	&directives_service,
	&directives_exec,
	&directives_resource,
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* In our INI a service has one section for all of systemd's; [init] stays apart. */
static bool in_section(const struct directive *directive, const char *section)
{
	return section ? strcmp(directive->section, section) == 0
		       : strcmp(directive->section, "init") != 0;
}

/* The first of that name: there are two where sections share a name. */
static size_t lower_bound(const struct directive_table *table, const char *name)
{
	size_t low = 0;
	size_t high = table->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(table->items[middle].name, name) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

const struct directive *directive_find(const char *section, const char *name)
{
	for (size_t t = 0; t < COUNT(tables); t++) {
		for (size_t i = lower_bound(tables[t], name);
			i < tables[t]->count && strcmp(tables[t]->items[i].name, name) == 0; i++) {
			if (in_section(&tables[t]->items[i], section)) {
				return &tables[t]->items[i];
			}
		}
	}
	return NULL;
}

const struct directive *directive_at(size_t index)
{
	for (size_t t = 0; t < COUNT(tables); t++) {
		if (index < tables[t]->count) {
			return &tables[t]->items[index];
		}
		index -= tables[t]->count;
	}
	return NULL;
}

const char *directive_nearest(const char *section, const char *name)
{
	const char *names[NAMES_MAX];
	const struct directive *directive;
	size_t count = 0;

	for (size_t i = 0; count < NAMES_MAX && (directive = directive_at(i)); i++) {
		if (in_section(directive, section)) {
			names[count++] = directive->name;
		}
	}
	return conf_nearest_name(name, names, count);
}

enum directive_status directive_status(const struct directive *directive)
{
	if (!directive->parse) {
		return DIRECTIVE_REFUSED;
	}
	return directive->parse == parse_accepted ? DIRECTIVE_ACCEPTED : DIRECTIVE_HONOURED;
}

bool directive_is_list(const struct directive *directive)
{
	static directive_parser *const parsers[] = { parse_accepted, parse_capabilities,
		parse_condition, parse_coredump_filter, parse_cpu_affinity, parse_dependency,
		parse_directories, parse_environment, parse_environment_file, parse_exec,
		parse_exit_status_set, parse_input_data, parse_input_text, parse_install,
		parse_pass_environment, parse_search_path, parse_strings, parse_unit_path };

	for (size_t i = 0; i < COUNT(parsers); i++) {
		if (directive->parse == parsers[i]) {
			return true;
		}
	}
	return false;
}

static bool is_vital(const struct directive *directive)
{
	static const char *const names[] = { "User", "Group", "SupplementaryGroups",
		"WorkingDirectory", "RootDirectory" };

	for (size_t i = 0; i < COUNT(names); i++) {
		if (strcmp(directive->name, names[i]) == 0) {
			return true;
		}
	}
	return directive->parse == parse_exec;
}

int directive_parse(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct directive_context judged = *context;

	judged.severity = context->imported && !is_vital(directive) ? CONF_WARNING : CONF_ERROR;
	return directive->parse(&judged, directive, value);
}
