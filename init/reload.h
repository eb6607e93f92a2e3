/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SIGHUP: the files are read again. A set with errors changes nothing; else what is new is started,
 * what is gone is stopped, what has changed is stopped and started, and all others keep running
 * (services/reload.h).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/service_config.h"

struct manager;

/* The files that were given, and the directory where relative names begin or NULL. Not owned. */
struct reload_source {
	char *const *files;
	size_t count;
	char *directory;
};

struct reload {
	struct reload_source source;
	struct conf_set next; /* what is waited for, while there is any */
	bool pending;
	bool again; /* asked for meanwhile */
};

/* Reads the files, which may block on the disk, and begins. */
void reload_ask(struct manager *manager);

/* Goes on when what had to stop is over. To be called when no event is queued. Returns whether
 * there is something due now. */
bool reload_update(struct manager *manager);

void reload_drop(struct manager *manager);
