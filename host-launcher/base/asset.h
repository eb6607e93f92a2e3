/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Files of berth's own that a container gets: where they lie on this host and where they go.
 */

#include <stddef.h>
#include <sys/types.h>

#include "host-launcher/base/failure.h"

struct asset {
	char *source; /* absolute, on the host */
	char *target; /* absolute, in the container */
	mode_t mode;
};

struct asset_list {
	struct asset *items;
	size_t count;
};

/* Finds berth-init (in $BERTH_LIBDIR, the build tree or where berth is installed), and init.ini,
 * build-live and the berth-* helpers (in $BERTH_DATADIR and so on). `init_config`, when not NULL,
 * stands in for init.ini. Returns 0 and a list the caller finishes, or -1: EXIT_CANNOT_START. */
int asset_find(const char *init_config, struct asset_list *ret_assets, struct failure *failure);

/* Where the shipped data file `name` lies; owned by the caller. Whether it is there is not looked
 * at. */
char *asset_data_path(const char *name);

/* Where berth-probe lies, likewise. */
char *asset_probe_path(void);

void asset_list_add(struct asset_list *assets, const char *source, const char *target, mode_t mode);
void asset_list_finish(struct asset_list *assets);
