/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The archive that container engines load (the format of `docker save`): one layer, its
 * configuration and a manifest. The same input gives the same bytes, so the image's ID, which is
 * the configuration's digest, tells what is in it.
 */

#include <stdint.h>

#include "host-launcher/base/failure.h"

struct image_facts {
	const char *architecture; /* as Debian calls it */
	int64_t epoch_s;
	const char *recipe; /* digest, for a label */
};

struct image_digests {
	char *config;  /* "sha256:..." */
	char *diff_id; /* of the layer */
};

/* Copies the layer, a tar archive in `layer_fd`, into an image archive in `output_fd`; both are
 * files, read and written from their start. Returns 0 and digests the caller finishes, or -1:
 * EXIT_WRITE, EXIT_INTERNAL. */
int image_archive_write(int layer_fd, const struct image_facts *facts, int output_fd,
	struct image_digests *ret_digests, struct failure *failure);

void image_digests_finish(struct image_digests *digests);

/* The image's configuration (https://github.com/moby/docker-image-spec), owned by the caller. */
char *image_archive_config(const struct image_facts *facts, const char *diff_id);
