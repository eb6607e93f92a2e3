/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/option_file.h"

#include <errno.h>
#include <string.h>

#include "conf/reader.h"
#include "host-launcher/base/alloc.h"

static const char section_name[] = "berth";

struct reading {
	struct options *options;
	enum option_trust trust;
	struct conf_problems problems;
};

bool option_is_for_source(const struct option *option)
{
	static const char *const names[] = {
		"artifact-prefix",
		"base-branch",
		"build-command",
		"build-timeout",
		"compression",
		"env",
		"git-log-path",
		"git-source",
		"source-copy",
		"stop-timeout",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(option->name, names[i]) == 0) {
			return true;
		}
	}
	return false;
}

/* What a file may set at all: what a variable may, and lists of a build. */
static bool is_for_files(const struct option *option)
{
	return option->variable ||
	       (option->kind == OPTION_LIST && (option->commands & COMMAND_BUILD));
}

static const struct option *find_key(const char *key)
{
	for (size_t i = 0; i < option_table_count; i++) {
		autofree char *name = option_key_name(&option_table[i]);
		if (is_for_files(&option_table[i]) && strcmp(name, key) == 0) {
			return &option_table[i];
		}
	}
	return NULL;
}

static void refuse_key(struct reading *reading, const struct conf_entry *entry)
{
	struct string_list names = { 0 };
	for (size_t i = 0; i < option_table_count; i++) {
		if (is_for_files(&option_table[i])) {
			string_list_take(&names, option_key_name(&option_table[i]));
		}
	}
	const char *near = nearest_name(
		entry->key, (const char *const *)names.items, names.count, sizeof(*names.items));
	conf_problems_add(&reading->problems, CONF_ERROR, &entry->place,
		near ? "unknown key %s=, did you mean %s=?" : "unknown key %s=", entry->key, near);
	string_list_finish(&names);
}

static void on_entry(void *user, const struct conf_entry *entry)
{
	struct reading *reading = user;
	if (strcmp(entry->section, section_name) != 0) {
		return; /* on_section() has complained */
	}
	const struct option *option = find_key(entry->key);
	if (!option) {
		refuse_key(reading, entry);
		return;
	}
	if (reading->trust == OPTION_FROM_SOURCE && !option_is_for_source(option)) {
		conf_problems_add(&reading->problems, CONF_ERROR, &entry->place,
			"%s= is not for a source tree to set: give --%s, or set it in your own "
			"configuration",
			entry->key, option->name);
		return;
	}
	autofree char *origin = alloc_printf("%s:%u", entry->place.file, entry->place.line);
	if (option_set(reading->options, option, entry->value, origin) < 0) {
		struct failure failure;
		(void)option_refuse(option, entry->key, entry->value, &failure);
		conf_problems_add(
			&reading->problems, CONF_ERROR, &entry->place, "%s", failure.text);
	}
}

static void on_section(void *user, const struct conf_place *place, const char *section)
{
	struct reading *reading = user;
	if (strcmp(section, section_name) != 0) {
		conf_problems_add(&reading->problems, CONF_ERROR, place,
			"unknown section [%s], expected [%s]", section, section_name);
	}
}

int option_file_read(
	const char *path, enum option_trust trust, struct options *options, struct failure *failure)
{
	struct reading reading = { .options = options, .trust = trust };
	const struct conf_sink sink = {
		.section = on_section,
		.entry = on_entry,
		.user = &reading,
	};
	int rc = conf_read_file(path, &sink, &reading.problems);
	int outcome = 1;
	if (rc == -ENOENT || rc == -ENOTDIR) {
		outcome = 0;
	} else if (reading.problems.errors) {
		failure_list(
			failure, EXIT_SYNTAX, "the configuration is not valid", &reading.problems);
		outcome = -1;
	}
	conf_problems_finish(&reading.problems);
	return outcome;
}
