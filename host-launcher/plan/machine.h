/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether the machine can carry a build, asked before anything is changed: memory, room on the
 * engine's disk, and a proxy that answers.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/failure.h"

/* Whether the engine sees this machine's files. */
bool machine_is_local(const char *engine_url);

/* Memory that is free where the engine runs, in bytes; 0 where that is another machine. */
uint64_t machine_free_memory(const char *engine_url);

/* Whether the proxy that --proxy names answers; true where it names none. Blocks for some seconds
 * per address. Returns 0, or -1: EXIT_RESOURCES, EXIT_USAGE. */
int machine_check_proxy(const char *proxy_text, struct failure *failure);

/* The room where an engine keeps its data, in `folder` (NULL: it did not say): warns where there
 * may be too little, and takes what cannot be looked at from here for enough. Returns 0, or -1:
 * EXIT_RESOURCES. */
int machine_check_disk(const char *engine_url, const char *folder, struct failure *failure);
