/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * INI text to (section, key, value) entries with exact places. The grammar is systemd.syntax(7)'s:
 * `#` and `;` begin a comment at the start of a line only, a trailing backslash joins lines, an
 * empty value is an entry like any other. inih does the splitting; everything that it would cut,
 * merge or misread (see reader.c) is kept from it.
 *
 * The same reader serves berth-init's services, imported unit files, and the launcher's files.
 */

#include <stddef.h>

#include "conf/errors.h"

/* Bounds on what is read; beyond them there is an error, never a cut. */
enum {
	CONF_FILE_MAX = 16 << 20,
	CONF_LINE_MAX = 65535,
};

/* One `key=value`. Valid during the callback only. `place` is that of the key. `value` has its
 * surrounding blanks removed, continuation lines joined by one blank, quotes left as they are. */
struct conf_entry {
	struct conf_place place;
	const char *section;
	const char *key;
	const char *value;
};

/* What a line is that is neither an entry of a section nor a header. systemd passes it over. */
enum conf_stray {
	CONF_STRAY_ERROR,
	CONF_STRAY_WARNING,
	CONF_STRAY_SILENT,
};

/* Callbacks of a reading, each optional. A section is reported when its header is met, so that
 * empty sections are seen too; entries follow in file order. */
struct conf_sink {
	void (*section)(void *user, const struct conf_place *place, const char *section);
	void (*entry)(void *user, const struct conf_entry *entry);
	void *user;
	enum conf_stray stray;
};

/* Reads a regular file to its end; blocks on the disk only. Problems are added to `problems` with
 * `path` as their file. Returns 0, or -errno where the file could not be read at all (then a
 * problem is recorded as well). Syntax errors do not change the return value: look at
 * problems->errors. */
int conf_read_file(const char *path, const struct conf_sink *sink, struct conf_problems *problems);

/* The same for text in memory; `name` stands for the file in problems. Returns 0 or -ENOMEM. */
int conf_read_text(const char *name, const char *text, size_t length, const struct conf_sink *sink,
	struct conf_problems *problems);
