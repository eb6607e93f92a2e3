/* SPDX-License-Identifier: MIT */
#include "conf/unit_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALIASES_MAX = 16,
};

static struct unit_node *add_node(struct unit_folder *f, const char *name)
{
	struct unit_node *node = conf_arena_alloc(&f->scratch.arena, sizeof(*node));

	if (node) {
		node->name = conf_arena_strdup(&f->scratch.arena, name);
		node->type = unit_name_type(name);
	}
	if (!node || !node->name) {
		f->error = -ENOMEM;
		return NULL;
	}
	*f->last = node;
	f->last = &node->next;
	return node;
}

static struct unit_node *node_named(struct unit_folder *f, const char *name)
{
	for (struct unit_node *node = f->first; node; node = node->next) {
		if (strcmp(node->name, name) == 0) {
			return node;
		}
	}
	return add_node(f, name);
}

struct unit_node *unit_folder_node(struct unit_folder *f, const char *name)
{
	struct unit_node *node = node_named(f, name);

	for (int i = 0; node && node->alias_of && i < ALIASES_MAX; i++) {
		node = node->alias_of;
	}
	return node;
}

static void add_pull(struct unit_folder *f, const char *owner, const char *name, bool required)
{
	struct unit_pull *pull = conf_arena_alloc(&f->scratch.arena, sizeof(*pull));
	struct unit_node *node = node_named(f, owner);
	struct unit_node *unit = node_named(f, name);

	if (!pull || !node || !unit) {
		f->error = -ENOMEM;
		return;
	}
	*pull = (struct unit_pull) { NULL, unit, required };
	*(node->pulls ? &node->last_pull->next : &node->pulls) = pull;
	node->last_pull = pull;
	unit->enabled = true;
	unit->wanted_by = node->name;
}

/* --- links ----------------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The entries of a folder by name. A folder that cannot be read is told. */
static void each_entry(struct unit_folder *f, const char *path,
	void (*take)(struct unit_folder *f, const char *path, const char *entry))
{
	struct conf_strings list = { 0 };
	DIR *directory = opendir(path);
	const struct dirent *entry;

	if (!directory) {
		const struct conf_place place = { .file = path };

		conf_problems_add(f->problems, CONF_ERROR, &place, "%s", strerrordesc_np(errno));
		return;
	}
	while (!f->error && (entry = readdir(directory))) {
		f->error = conf_strings_add(&f->scratch.arena, &list, entry->d_name);
	}
	closedir(directory);
	if (list.count) {
		qsort(list.items, list.count, sizeof(*list.items), compare);
	}
	for (size_t i = 0; !f->error && i < list.count; i++) {
		take(f, path, list.items[i]);
	}
}

static const char *ending_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcmp(dot, ".wants") == 0 || strcmp(dot, ".requires") == 0) ? dot : NULL;
}

/* FOLDER/OWNER.wants/NAME. */
static void take_link(struct unit_folder *f, const char *path, const char *entry)
{
	const char *base = strrchr(path, '/') + 1;
	const char *ending = ending_of(base);
	char owner[UNIT_NAME_SIZE];

	if (unit_name_is_valid(entry) && !unit_name_is_template(entry)) {
		snprintf(owner, sizeof(owner), "%.*s", (int)(ending - base), base);
		add_pull(f, owner, entry, strcmp(ending, ".requires") == 0);
	}
}

static void take_entry(struct unit_folder *f, const char *path, const char *entry)
{
	const char *ending = ending_of(entry);
	char below[2 * PATH_MAX];

	if (ending) {
		snprintf(below, sizeof(below), "%s/%s", path, entry);
		each_entry(f, below, take_link);
	} else if (unit_name_is_valid(entry)) {
		struct unit_node *node = node_named(f, entry);

		if (node) {
			node->in_folder = true;
		}
	}
}

/* --- [Install] ------------------------------------------------------------------------------- */

static void install_as(struct unit_folder *f, const struct unit_install *install, const char *name)
{
	for (size_t i = 0; i < install->wanted_by.count; i++) {
		add_pull(f, install->wanted_by.items[i], name, false);
	}
	for (size_t i = 0; i < install->required_by.count; i++) {
		add_pull(f, install->required_by.items[i], name, true);
	}
	for (size_t i = 0; i < install->aliases.count; i++) {
		struct unit_node *alias = node_named(f, install->aliases.items[i]);

		if (alias && !alias->in_folder && strcmp(alias->name, name) != 0) {
			alias->alias_of = node_named(f, name);
		}
	}
	/* Whatever folder they lie in. */
	for (size_t i = 0; i < install->also.count; i++) {
		struct unit_node *also = node_named(f, install->also.items[i]);

		if (also) {
			also->in_folder = true;
		}
	}
}

static void install(
	struct unit_folder *f, const struct unit_node *node, const struct unit_install *install)
{
	const char *instance = install->default_instance;
	char name[UNIT_NAME_SIZE];

	if (!unit_name_is_template(node->name)) {
		install_as(f, install, node->name);
	} else if (instance &&
		   unit_name_instantiate(node->name, instance, strlen(instance), name)) {
		install_as(f, install, name);
	}
}

static void read_install(
	struct unit_folder *f, struct unit_node *node, const struct unit_file *file)
{
	struct unit_name_parts parts = unit_name_split(node->name);
	char bare[UNIT_NAME_SIZE];
	struct service_config nobody = { .name = bare };
	struct loader loader = {
		.set = &f->scratch,
		.problems = f->problems,
		.imported = true,
		.install_only = true,
		.service = &nobody,
	};

	snprintf(bare, sizeof(bare), "%.*s", (int)(parts.suffix - node->name), node->name);
	loader_read_unit(&loader, &f->path, file, NULL);
	f->error = loader.error ? loader.error : f->error;
	if (nobody.install && !f->error) {
		install(f, node, nobody.install);
	}
}

static void read_node(struct unit_folder *f, struct unit_node *node)
{
	struct unit_file file;
	int r = unit_path_find(&f->path, node->name, &file);

	node->read = true;
	if (r < 0) {
		const struct conf_place place = { .file = file.path };

		/* What only [Install] of others names need not be there. */
		if (r != -ENOENT) {
			conf_problems_add(
				f->problems, CONF_ERROR, &place, "%s", strerrordesc_np(-r));
		}
		return;
	}
	node->masked = file.masked;
	node->file = conf_arena_strdup(&f->scratch.arena, file.path);
	if (strcmp(file.name, node->name) != 0) {
		node->alias_of = node_named(f, file.name);
	} else if (!file.masked) {
		read_install(f, node, &file);
	}
}

void unit_folder_read(
	struct unit_folder *f, const struct conf_strings *folders, struct conf_problems *problems)
{
	*f = (struct unit_folder) { .problems = problems };
	f->last = &f->first;
	f->path = unit_path_of(folders, NULL);
	for (size_t i = 0; i < folders->count; i++) {
		each_entry(f, folders->items[i], take_entry);
	}
	/* Some are added at the end meanwhile. */
	for (struct unit_node *node = f->first; node && !f->error; node = node->next) {
		if (node->in_folder && !node->read) {
			read_node(f, node);
		}
	}
}

void unit_folder_finish(struct unit_folder *f)
{
	conf_set_finish(&f->scratch);
}
