/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where the files of a unit lie: the search path of systemd.unit(5), links that stand for other
 * names or mask a unit, and drop-ins. Reads directories and links, opens no unit.
 */

#include <limits.h>
#include <sys/types.h>

#include "conf/arena.h"
#include "conf/errors.h"
#include "conf/unit_name.h"

enum {
	UNIT_PATH_OWN_MAX = 16, /* directories of UnitPath= */
	UNIT_PATH_MAX = UNIT_PATH_OWN_MAX + 8,
};

/* The directories that exist, the first goes before the others; each once, however many names it
 * has. Their names belong to whoever gave them. */
struct unit_path {
	struct {
		const char *name;
		dev_t device;
		ino_t inode;
	} directories[UNIT_PATH_MAX];
	size_t count;
};

/* `own` (UnitPath=), then those of systemd, then `beside`, that of a file named by its path, or
 * NULL. */
struct unit_path unit_path_of(const struct conf_strings *own, const char *beside);

/* Where one would look: for messages. */
extern const char unit_path_text[];

struct unit_file {
	char name[UNIT_NAME_SIZE]; /* what it is really called, if it was asked for by an alias */
	char path[PATH_MAX];
	bool masked; /* empty, or a link to /dev/null */
};

/*
 * Finds the file of the unit `name`, or of its template. Links to other names are followed. Returns
 * 0, -ENOENT, or -ELOOP for links that end nowhere.
 */
int unit_path_find(const struct unit_path *path, const char *name, struct unit_file *ret_file);

/* Whether what lies at `path` stands for nothing: empty, or /dev/null. */
bool unit_path_is_null(const char *path);

/*
 * Adds the drop-ins of the unit to `list`, from `arena`, in the order in which they are to be read.
 * `alias` is another name of it, or NULL. A directory that cannot be read is an error in
 * `problems`. Returns 0 or -ENOMEM.
 */
int unit_path_drop_ins(const struct unit_path *path, const char *name, const char *alias,
	struct conf_arena *arena, struct conf_strings *list, struct conf_problems *problems);

/* The name of a service in the path that is nearest to `name`, or false. */
bool unit_path_nearest(
	const struct unit_path *path, const char *name, char ret_name[UNIT_NAME_SIZE]);
