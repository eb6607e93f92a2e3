/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Images in an engine: what is there, and how an archive gets in.
 */

#include <stddef.h>
#include <stdint.h>

#include "host-launcher/engine/engine.h"

/* An image as the engine sees it. `id` is the config's digest on the classic store and podman, the
 * manifest's on the containerd store. */
struct engine_image {
	char *id;
	char **diff_ids; /* lowest layer first */
	size_t diff_id_count;
	int64_t created_s; /* seconds since 1970; 0 where the engine does not say */
};

/* Looks an image up by ID or name. Returns 1 and an image the caller finishes, 0 when there is
 * none, or -1. */
int engine_image_inspect(struct engine *engine, const char *reference,
	struct engine_image *ret_image, struct failure *failure);

void engine_image_finish(struct engine_image *image);

/* Loads the archive (tar, also gzip- or xz-compressed) in the file `fd`, from its start, and gives
 * what the engine says it loaded: "sha256:..." or NAME:TAG, owned by the caller. Blocks until the
 * engine is through, has stood still for half an hour, or the interrupt of engine_set_interrupt()
 * comes. An engine may report success for a broken archive: look the image up afterwards. Failure:
 * EXIT_IMAGE_LOAD, EXIT_NO_ENGINE. */
int engine_image_load(struct engine *engine, int fd, char **ret_loaded, struct failure *failure);

/* The images that carry a label, as /images/json lists them; owned by the caller. Failure:
 * EXIT_API.
 */
int engine_image_list(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure);

/* Removes an image under all its names; one that is gone is no failure. */
int engine_image_remove(struct engine *engine, const char *id, struct failure *failure);

/* Gives the image a further name. `name` is REPOSITORY:TAG. */
int engine_image_tag(
	struct engine *engine, const char *reference, const char *name, struct failure *failure);
