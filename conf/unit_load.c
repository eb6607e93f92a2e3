/* SPDX-License-Identifier: MIT */
/* `Unit=`: from what it says to the files that are read for it. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/loader.h"

static void complain(struct loader *l, const struct conf_entry *entry, const char *why)
{
	conf_problems_add(l->problems, CONF_ERROR, &entry->place, "Unit=%s: %s", entry->value, why);
}

void loader_read_unit(struct loader *l, const struct unit_path *path, const struct unit_file *file,
	const char *alias)
{
	struct conf_strings files = { 0 };

	l->error = conf_strings_add(&l->set->arena, &files, file->path);
	if (!l->error && !l->install_only) {
		l->service->fragment = files.items[0];
	}
	if (!l->error && file->name[0]) {
		l->error = unit_path_drop_ins(
			path, file->name, alias, &l->set->arena, &files, l->problems);
	}
	for (size_t i = 0; !l->error && i < files.count; i++) {
		loader_read_file(l, files.items[i]);
	}
}

/* Is the unit a template, its instance is that of the section. */
static bool find_instance(const struct loader *l, struct unit_file *file)
{
	struct unit_name_parts parts = unit_name_split_bare(l->service->name);

	return !unit_name_is_template(file->name) ||
	       (parts.instance_length && unit_name_instantiate(file->name, parts.instance,
						 parts.instance_length, file->name));
}

/* From here on the unit is known by its own name as well. */
static bool note_name(struct loader *l, const char *name)
{
	struct unit_name_parts parts = unit_name_split(name);

	if (!name[0]) {
		return true;
	}
	l->service->unit = conf_arena_strndup(&l->set->arena, name, (size_t)(parts.suffix - name));
	return l->service->unit != NULL;
}

static void read_unit(struct loader *l, const struct conf_entry *entry,
	const struct unit_path *path, struct unit_file *file, const char *alias)
{
	struct loader unit = {
		.set = l->set,
		.problems = l->problems,
		.imported = true,
		.service = l->service,
	};

	if (file->masked) {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit=%s: masked by %s, which is empty", entry->value, file->path);
	} else if (!find_instance(l, file)) {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit=%s: a template wants an instance, as in %.*sNAME.service",
			entry->value, (int)(unit_name_split(file->name).suffix - file->name),
			file->name);
	} else if (!note_name(l, file->name)) {
		l->error = -ENOMEM;
	} else {
		loader_read_unit(&unit, path, file, alias);
		l->error = unit.error;
	}
}

/* Told where the unit is named, not as a trouble of the file that is not there. */
static const char *why_unreadable(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || access(path, R_OK) < 0) {
		return strerrordesc_np(errno);
	}
	if (S_ISDIR(st.st_mode)) {
		return "is a directory, expected a file";
	}
	return S_ISREG(st.st_mode) || unit_path_is_null(path) ? NULL : "is not a regular file";
}

/* A path names the file, which need not be called as a unit is; if it is, it has drop-ins, those
 * beside it count as well. */
static void import_path(struct loader *l, const struct conf_entry *entry)
{
	struct unit_file file = { .name = "" };
	const char *base = strrchr(entry->value, '/') + 1;
	const char *why = strlen(entry->value) < sizeof(file.path) ? why_unreadable(entry->value)
								   : "is too long";
	char directory[sizeof(file.path)];

	if (why) {
		complain(l, entry, why);
		return;
	}
	if (unit_name_is_valid(base)) {
		snprintf(file.name, sizeof(file.name), "%s", base);
	}
	snprintf(file.path, sizeof(file.path), "%s", entry->value);
	snprintf(
		directory, sizeof(directory), "%.*s", (int)(base - entry->value) - 1, entry->value);
	file.masked = unit_path_is_null(file.path);
	const struct unit_path path = unit_path_of(&l->set->init.unit_path, directory);

	read_unit(l, entry, &path, &file, NULL);
}

static void import_name(struct loader *l, const struct conf_entry *entry)
{
	const struct unit_path path = unit_path_of(&l->set->init.unit_path, NULL);
	char name[UNIT_NAME_SIZE], nearest[UNIT_NAME_SIZE];
	struct unit_file file;
	bool bare = unit_name_type(entry->value) == UNIT_NONE;
	int length = snprintf(name, sizeof(name), "%s%s", entry->value, bare ? ".service" : "");

	if (length >= (int)sizeof(name) || !unit_name_is_valid(name)) {
		complain(l, entry, "expected an absolute path, or the name of a unit");
		return;
	}
	if (unit_name_type(name) != UNIT_SERVICE) {
		complain(l, entry, "is no service");
		return;
	}
	int r = unit_path_find(&path, name, &file);
	if (r == 0) {
		read_unit(l, entry, &path, &file, name);
	} else if (r == -ENOENT) {
		bool hint = unit_path_nearest(&path, name, nearest);

		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit=%s: there is no such file in %s%s%s%s%s", entry->value,
			l->set->init.unit_path.count ? "UnitPath=, " : "", unit_path_text,
			hint ? ", did you mean " : "", hint ? nearest : "", hint ? "?" : "");
	} else {
		complain(l, entry, strerrordesc_np(-r));
	}
}

void loader_import_unit(struct loader *l, const struct conf_entry *entry)
{
	if (l->service_touched) {
		conf_problems_add(l->problems, CONF_ERROR, &entry->place,
			"Unit= must be the first key of its section: what follows it overrides");
		return;
	}
	l->service_touched = true;
	l->set->init.unit_path_used = true;
	if (entry->value[0] == '/') {
		import_path(l, entry);
	} else {
		import_name(l, entry);
	}
}
