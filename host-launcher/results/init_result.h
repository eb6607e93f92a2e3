/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What berth-init left of the whole run (berth-init(8), RESULT). It watches the container's memory
 * itself: of a container whose first process lived, podman does not tell that another one was
 * killed for want of memory.
 */

#include <stdbool.h>
#include <stddef.h>

#define INIT_RESULT_PATH "/run/berth/result.json"

enum {
	INIT_RESULT_MAX = 1 << 20, /* bytes of the archive; all its lines are 2 KiB a service */
};

/* Whether the file says that the kernel killed for want of memory. `archive` is the tar archive
 * that an engine sends of it, untrusted; false for anything else. Loads libarchive. */
bool init_result_is_oom(const void *archive, size_t length);
