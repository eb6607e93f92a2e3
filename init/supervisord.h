/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files of supervisord(1), whose grammar is that of Python's configparser: `key = value` or
 * `key: value`, lines that begin with a blank go on, ` ;` and ` #` begin a comment in a line. And
 * the expansion of %(NAME)s in their values.
 */

#include <stddef.h>

#include "conf/arena.h"
#include "conf/errors.h"

struct supervisord_entry {
	const char *key; /* in small letters, as configparser has it */
	const char *value;
	struct conf_place place;
	bool used;
};

struct supervisord_section {
	struct supervisord_section *next;
	const char *name;
	struct conf_place place;
	const char *here; /* the folder of its file */
	struct supervisord_entry *entries;
	size_t count;
};

struct supervisord_file {
	struct conf_arena arena;
	struct supervisord_section *sections; /* in the order of reading */
};

/* Reads a file, and those that its [include] names. Problems are added; returns 0 or -errno. All
 * memory is the file's. Give it back by supervisord_finish() in any case. */
int supervisord_read(
	const char *path, struct supervisord_file *ret_file, struct conf_problems *problems);
void supervisord_finish(struct supervisord_file *file);

/* The entry `key`, marked as used, or NULL. */
struct supervisord_entry *supervisord_find(
	const struct supervisord_section *section, const char *key);

/* What %(NAME)s stands for. */
struct supervisord_names {
	const char *here;
	const char *program;
	const char *group;
	long number; /* process_num, or -1 */
};

/*
 * Expands `text`. With `shell_style` an ENV_X becomes ${X}, else its value now. Returns the text,
 * or NULL with `ret_unknown` set to the name that is not known (or NULL without memory).
 */
char *supervisord_expand(struct conf_arena *arena, const char *text,
	const struct supervisord_names *names, bool shell_style, char **ret_unknown);
