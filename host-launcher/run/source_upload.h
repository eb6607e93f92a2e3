/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Sends a copy of the source into a container that was created: for an engine on another machine,
 * which cannot mount what is here.
 */

#include <stdint.h>

#include "host-launcher/engine/engine.h"
#include "host-launcher/git/source.h"

/* Uploads `source->tree` to /src, all of it root's and of one date, in the order of names: the same
 * commit gives the same bytes. Blocks for as long as that takes. Returns 0, or -1: EXIT_WRITE where
 * there is no room for the archive, EXIT_CANNOT_START where the engine refuses it. */
int source_upload(struct engine *engine, const char *id, const struct source *source,
	int64_t epoch_s, struct failure *failure);

/* Writes that archive to a descriptor. Returns 0 or -1: EXIT_WRITE. */
int source_pack(const struct source *source, int64_t epoch_s, int fd, struct failure *failure);
