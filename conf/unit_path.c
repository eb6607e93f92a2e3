/* SPDX-License-Identifier: MIT */
#include "conf/unit_path.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "conf/value.h"

enum {
	LINKS_MAX = 32,
};

const char unit_path_text[] = "/etc, /run, /usr/local/lib, /lib or /usr/lib/systemd/system";

static const char *const systemd_path[] = {
	"/etc/systemd/system",
	"/run/systemd/system",
	"/usr/local/lib/systemd/system",
	"/lib/systemd/system",
	"/usr/lib/systemd/system",
};

static ssize_t find_directory(const struct unit_path *path, const char *name, struct stat *ret_stat)
{
	if (stat(name, ret_stat) < 0 || !S_ISDIR(ret_stat->st_mode)) {
		return -2;
	}
	for (size_t i = 0; i < path->count; i++) {
		if (path->directories[i].device == ret_stat->st_dev &&
			path->directories[i].inode == ret_stat->st_ino) {
			return (ssize_t)i;
		}
	}
	return -1;
}

static void add(struct unit_path *path, const char *name)
{
	struct stat st;

	if (path->count < UNIT_PATH_MAX && find_directory(path, name, &st) == -1) {
		path->directories[path->count].name = name;
		path->directories[path->count].device = st.st_dev;
		path->directories[path->count].inode = st.st_ino;
		path->count++;
	}
}

struct unit_path unit_path_of(const struct conf_strings *own, const char *beside)
{
	struct unit_path path = { .count = 0 };

	for (size_t i = 0; i < own->count; i++) {
		add(&path, own->items[i]);
	}
	for (size_t i = 0; i < sizeof(systemd_path) / sizeof(systemd_path[0]); i++) {
		add(&path, systemd_path[i]);
	}
	if (beside) {
		add(&path, beside);
	}
	return path;
}

bool unit_path_is_null(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 &&
	       ((S_ISREG(st.st_mode) && st.st_size == 0) ||
		       (S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3)));
}

/* DIRECTORY/NAME and SUFFIX; false if that is too long for a path. */
static bool join(char path[PATH_MAX], const char *directory, const char *name, const char *suffix)
{
	if (strlen(directory) + 1 + strlen(name) + strlen(suffix) >= PATH_MAX) {
		return false;
	}
	char *end = stpcpy(path, directory);
	*end++ = '/';
	stpcpy(stpcpy(end, name), suffix);
	return true;
}

/* --- the file of a unit ---------------------------------------------------------------------- */

/* Whether the link at `at`, that reads `target`, ends in one of the directories. */
static bool stays_in_path(const struct unit_path *path, const char *at, const char *target)
{
	char directory[2 * PATH_MAX];
	const char *base = target[0] == '/' ? "" : at;
	size_t length = target[0] == '/' ? 0 : (size_t)(strrchr(at, '/') + 1 - at);
	struct stat st;

	snprintf(directory, sizeof(directory), "%.*s%s", (int)length, base, target);
	*(strrchr(directory, '/') + 1) = '\0';
	return find_directory(path, directory, &st) >= 0;
}

/*
 * What a link within the path makes of the name: its target's, with the instance kept where that is
 * a template. False if the link is but where the file of this very unit lies.
 */
static bool rename_by_link(const struct unit_path *path, struct unit_file *file, const char *target)
{
	const char *slash = strrchr(target, '/');
	const char *base = slash ? slash + 1 : target;
	struct unit_name_parts parts = unit_name_split(file->name);
	char renamed[UNIT_NAME_SIZE] = "";

	if (!unit_name_is_valid(base) || unit_name_type(base) != unit_name_type(file->name) ||
		!stays_in_path(path, file->path, target)) {
		return false;
	}
	memcpy(renamed, base, strlen(base) + 1);
	if (unit_name_is_template(base) && parts.instance_length) {
		unit_name_instantiate(base, parts.instance, parts.instance_length, renamed);
	}
	if (strcmp(renamed, file->name) == 0) {
		return false;
	}
	memcpy(file->name, renamed, sizeof(renamed));
	return true;
}

/* Looks for a file of this name in each directory; what its link says goes to `target`. */
static bool find_named(const struct unit_path *path, const char *name, struct unit_file *file,
	char target[PATH_MAX])
{
	for (size_t i = 0; i < path->count; i++) {
		struct stat st;

		if (!join(file->path, path->directories[i].name, name, "") ||
			lstat(file->path, &st) < 0) {
			continue;
		}
		ssize_t length =
			S_ISLNK(st.st_mode) ? readlink(file->path, target, PATH_MAX - 1) : 0;
		target[length > 0 ? length : 0] = '\0';
		return true;
	}
	return false;
}

static bool find_or_template(
	const struct unit_path *path, struct unit_file *file, char target[PATH_MAX])
{
	char template[UNIT_NAME_SIZE];

	if (find_named(path, file->name, file, target)) {
		return true;
	}
	return unit_name_is_instance(file->name) &&
	       unit_name_instantiate(file->name, "", 0, template) &&
	       find_named(path, template, file, target);
}

int unit_path_find(const struct unit_path *path, const char *name, struct unit_file *ret_file)
{
	char target[PATH_MAX];

	snprintf(ret_file->name, sizeof(ret_file->name), "%s", name);
	for (int links = 0; links < LINKS_MAX; links++) {
		if (!find_or_template(path, ret_file, target)) {
			return -ENOENT;
		}
		if (!target[0] || !rename_by_link(path, ret_file, target)) {
			ret_file->masked = unit_path_is_null(ret_file->path);
			return 0;
		}
	}
	return -ELOOP;
}

/* --- drop-ins -------------------------------------------------------------------------------- */

struct drop_ins {
	const struct unit_path *path;
	struct conf_arena *arena;
	struct conf_problems *problems;
	struct conf_strings found; /* paths, in the order of precedence */
	int error;
};

static const char *file_of(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool is_masked_by_earlier(const struct drop_ins *d, const char *file)
{
	for (size_t i = 0; i < d->found.count; i++) {
		if (strcmp(file_of(d->found.items[i]), file) == 0) {
			return true;
		}
	}
	return false;
}

static void take_file(struct drop_ins *d, const char *directory, const char *file)
{
	size_t length = strlen(file);
	char path[PATH_MAX];

	if (file[0] == '.' || length < 6 || strcmp(file + length - 5, ".conf") != 0 ||
		is_masked_by_earlier(d, file)) {
		return;
	}
	if (join(path, directory, file, "") && conf_strings_add(d->arena, &d->found, path) < 0) {
		d->error = -ENOMEM;
	}
}

static void scan(struct drop_ins *d, const char *parent, const char *name)
{
	char path[PATH_MAX];
	const struct dirent *entry;

	if (!join(path, parent, name, ".d")) {
		return;
	}
	DIR *directory = opendir(path);
	if (!directory && errno != ENOENT) {
		const struct conf_place place = { .file = path };

		conf_problems_add(d->problems, CONF_ERROR, &place, "%s", strerrordesc_np(errno));
	}
	while (directory && (entry = readdir(directory))) {
		take_file(d, path, entry->d_name);
	}
	if (directory) {
		closedir(directory);
	}
}

/* systemd's order: all that a directory of the path has for the name, then the next directory. */
static void scan_name(struct drop_ins *d, const char *name)
{
	char wider[UNIT_NAME_SIZE];

	for (size_t i = 0; i < d->path->count; i++) {
		for (size_t nth = 0; unit_name_widen(name, nth, wider); nth++) {
			scan(d, d->path->directories[i].name, wider);
		}
	}
}

/* By the names of the files alone, wherever they lie. */
static void sort(struct conf_strings *list)
{
	for (size_t i = 1; i < list->count; i++) {
		char *item = list->items[i];
		size_t at = i;

		for (; at && strcmp(file_of(list->items[at - 1]), file_of(item)) > 0; at--) {
			list->items[at] = list->items[at - 1];
		}
		list->items[at] = item;
	}
}

int unit_path_drop_ins(const struct unit_path *path, const char *name, const char *alias,
	struct conf_arena *arena, struct conf_strings *list, struct conf_problems *problems)
{
	struct drop_ins d = { .path = path, .arena = arena, .problems = problems };

	scan_name(&d, name);
	if (alias && strcmp(alias, name) != 0) {
		scan_name(&d, alias);
	}
	/* Those of all units of the type go behind everything else. */
	for (size_t i = 0; i < path->count; i++) {
		scan(&d, path->directories[i].name, unit_name_split(name).suffix + 1);
	}
	sort(&d.found);
	for (size_t i = 0; !d.error && i < d.found.count; i++) {
		if (!unit_path_is_null(d.found.items[i])) {
			d.error = conf_strings_add(arena, list, d.found.items[i]);
		}
	}
	return d.error;
}

/* --- hints ----------------------------------------------------------------------------------- */

bool unit_path_nearest(
	const struct unit_path *path, const char *name, char ret_name[UNIT_NAME_SIZE])
{
	const struct dirent *entry;

	ret_name[0] = '\0';
	for (size_t i = 0; i < path->count; i++) {
		DIR *directory = opendir(path->directories[i].name);

		while (directory && (entry = readdir(directory))) {
			const char *pair[] = { entry->d_name, ret_name };

			if (unit_name_type(entry->d_name) == UNIT_SERVICE &&
				conf_nearest_name(name, pair, ret_name[0] ? 2 : 1) ==
					entry->d_name) {
				snprintf(ret_name, UNIT_NAME_SIZE, "%s", entry->d_name);
			}
		}
		if (directory) {
			closedir(directory);
		}
	}
	return ret_name[0] != '\0';
}
