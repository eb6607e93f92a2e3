/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Which image a build runs in: the pinned one, to the byte, or another for a stated reason.
 */

#include <stdbool.h>

#include "host-launcher/engine/engine.h"
#include "host-launcher/git/gitinfo.h"
#include "host-launcher/image/pin.h"
#include "host-launcher/options/options.h"

struct image {
	char *id;
	char *reference;
	char *mismatch; /* why it is not the pinned one; NULL: it is */
};

/* Finds the image for the source tree, loading --image-file when the engine lacks it (never with
 * --dry-run). Returns 0 and what the caller finishes, or -1: EXIT_SYNTAX for the pin, EXIT_IMAGE
 * where the image is missing or another one, EXIT_IMAGE_LOAD. */
int image_choose(struct engine *engine, const struct options *options, const struct gitinfo *git,
	struct image *ret_image, struct failure *failure);

void image_finish(struct image *image);

/* Loads an archive from a file and tells what was loaded, owned by the caller. */
int image_load_file(
	struct engine *engine, const char *path, char **ret_loaded, struct failure *failure);

/* The commands `image load FILE`, `image pin REFERENCE [SRC]` and `image status [SRC]`. */
int image_load_command(const struct options *options, struct failure *failure);
int image_pin_command(const struct options *options, struct failure *failure);
int image_status_command(const struct options *options, struct failure *failure);
