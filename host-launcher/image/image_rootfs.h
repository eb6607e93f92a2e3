/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs APT and mmdebstrap: the base image's file system as a tar archive. The same packages and the
 * same epoch give the same bytes.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/image/image_recipe.h"

struct image_workshop {
	const char *directory; /* absolute; empty, large enough, gone afterwards */
	int directory_fd;
	int signal_fd; /* from signals_watch() */
	bool quiet;    /* no progress on standard error */
};

/* The date of the newest of the archive's signed release files, which are fetched. Returns 0, or
 * -1: EXIT_DOWNLOAD when the archive cannot be reached or trusted. */
int image_rootfs_find_epoch(const struct image_workshop *workshop,
	const struct image_recipe *recipe, int64_t *ret_epoch_s, struct failure *failure);

/* Takes minutes and shows mmdebstrap's progress. Returns 0 with the archive in `output_fd`, or -1:
 * EXIT_RESOURCES without mmdebstrap, EXIT_DOWNLOAD when it fails, 128+n after a signal. */
int image_rootfs_make(const struct image_workshop *workshop, const struct image_recipe *recipe,
	int64_t epoch_s, int output_fd, struct failure *failure);

/* The `Date:` of a Release file's text. Returns 0 or -EINVAL. Pure. */
int image_rootfs_release_date(const char *text, int64_t *ret_epoch_s);
