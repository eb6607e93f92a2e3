/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What berth adds to a new container: its own files and the facts of the build. They are mounted
 * into it one by one, or unpacked in it where the engine does not see this machine's files. The
 * same input gives the same bytes.
 */

#include <stdint.h>

#include "host-launcher/base/asset.h"
#include "host-launcher/base/buffer.h"
#include "host-launcher/base/env_list.h"

struct bundle_request {
	const struct asset_list *assets; /* read from the disk */
	const struct env_list *env;      /* becomes /run/berth/buildinfo.{env,json} */
	const char *git_tags;            /* texts for the container's git, or NULL */
	const char *git_log;
	const char *init_extra; /* text of PLAN_INIT_EXTRA_PATH */
	int64_t epoch_s;        /* every date in the archive */
};

/* As a tar archive, with an empty /artifacts as well. The caller finishes
 * `archive` in any case. Failure: EXIT_CANNOT_START. */
int bundle_make(
	const struct bundle_request *request, struct buffer *archive, struct failure *failure);

/* As files below the folder `top`, which is there. `files` gets the path of each in the container:
 * it lies at `top` followed by that. The caller finishes `files` in any case. Failure:
 * EXIT_CANNOT_START, EXIT_WRITE. */
int bundle_lay_out(const struct bundle_request *request, const char *top, struct string_list *files,
	struct failure *failure);
