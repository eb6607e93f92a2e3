/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The docker command line that creates the same container. Pure.
 */

#include <jansson.h>

#include "host-launcher/base/asset.h"

/* From the body of a create request; the files that berth uploads become bind mounts. One line for
 * sh(1), owned by the caller. */
char *plan_docker_line(
	const json_t *create, const char *container, const struct asset_list *assets);
