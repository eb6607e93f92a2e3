/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The tar archive that berth unpacks into a new container: its own files and the facts of the
 * build. The same input gives the same bytes.
 */

#include <stdint.h>

#include "host-launcher/asset.h"
#include "host-launcher/buffer.h"
#include "host-launcher/env_list.h"

/* Reads the assets from the disk and adds /run/berth/buildinfo.{env,json} made of `env`, the link
 * berthctl and an empty /artifacts; every date is `epoch_s`. The caller finishes `archive` in any
 * case. Failure: EXIT_CANNOT_START. */
int bundle_make(const struct asset_list *assets, const struct env_list *env, int64_t epoch_s,
	struct buffer *archive, struct failure *failure);
