/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the parts of loading share: load.c reads sections and entries, unit_load.c finds the files
 * of units and has them read.
 */

#include "conf/reader.h"
#include "conf/service_config.h"
#include "conf/unit_path.h"

enum section_kind {
	SECTION_SKIPPED, /* unknown, told already */
	SECTION_INIT,
	SECTION_SERVICE, /* [service:NAME] of our INI */
	SECTION_UNIT,    /* one of a packaged unit */
};

struct loader {
	struct conf_set *set;
	struct conf_problems *problems;
	bool imported;
	bool install_only; /* the rest of a unit is passed over */
	enum section_kind kind;
	const char *section; /* for SECTION_UNIT: systemd's name of it */
	struct service_config *service;
	bool service_touched; /* it has keys already: Unit= comes too late */
	const char *file;     /* the one being read, in the arena */
	int error;            /* -ENOMEM, once it happened */
};

/* Reads a file with this loader; problems go where they belong. Returns 0 or -errno. */
int loader_read_file(struct loader *loader, const char *path);

/* The same for text in memory. */
int loader_read_text(struct loader *loader, const char *name, const char *text, size_t length);

/* `Unit=`: loads the unit that the entry names into the loader's service. */
void loader_import_unit(struct loader *loader, const struct conf_entry *entry);

/* Reads a unit's file and its drop-ins. `alias` is the name by which it was asked for. */
void loader_read_unit(struct loader *loader, const struct unit_path *path,
	const struct unit_file *file, const char *alias);
