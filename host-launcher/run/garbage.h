/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a berth that was killed may have left besides a run: work volumes without a container,
 * shells of ended runs, images made for those and for berth doctor, folders on this machine. Each
 * is removed and told of, or with --dry-run only told of.
 */

#include "host-launcher/engine/engine.h"
#include "host-launcher/options/options.h"
#include "host-launcher/run/runs.h"

/* Work volumes of no run in `list`. That was made before: a build of docker's that has just begun
 * has a container by now, which holds its volume; one of podman's has a record. Failure: EXIT_API.
 */
int garbage_collect_volumes(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure);

/* Containers in which a berth had a shell of an ended run. `ret_open`, which the caller finishes in
 * any case, gets the runs in whose shells one is, or may be. Failure: EXIT_API. */
int garbage_collect_shells(struct engine *engine, const struct options *options,
	struct string_list *ret_open, struct failure *failure);

/* Images whose label names a process that is gone. Failure: EXIT_API. */
int garbage_collect_images(
	struct engine *engine, const struct options *options, struct failure *failure);

/* Folders of scratch.h. */
void garbage_collect_folders(const struct options *options);
