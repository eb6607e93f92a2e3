/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From files to a conf_set: sections, the vocabulary, `Unit=` and what must fit together.
 */

#include "conf/service_config.h"

/*
 * Loads one of berth-init's INI files into `set`, together with the units that it names; call it
 * for several files to merge them, then conf_check(). Every problem is added to `problems`.
 * In our own INI an unknown directive is an error, in an imported unit a warning.
 * Blocks on the disk only. Returns 0, or -errno if the file could not be read or memory ran out.
 */
int conf_load_file(const char *path, struct conf_set *set, struct conf_problems *problems);

/* Loads all of them, and checks what they are together. */
void conf_load_files(
	char *const *paths, size_t count, struct conf_set *set, struct conf_problems *problems);

/* The same for text in memory, for tests and fuzzing. */
int conf_load_text(const char *name, const char *text, size_t length, struct conf_set *set,
	struct conf_problems *problems);

/*
 * Adds the services that the folders of UnitPath= ask for, with those that they and the ones in the
 * set pull in; to be called when all INI files are loaded. Blocks on the disk only. Returns 0 or
 * -ENOMEM.
 */
int conf_load_units(struct conf_set *set, struct conf_problems *problems);

/* What one section alone cannot tell: ExecStart= present, Main= and dependencies known. Fills in
 * defaults that depend on other values (an unset time-out of a oneshot, NotifyAccess=). */
void conf_check(struct conf_set *set, struct conf_problems *problems);
