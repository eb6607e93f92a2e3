/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `config/build-image.pin` in the source tree: which base image a build must run in, to the byte.
 * An INI file with one section:
 *
 *	[image]
 *	Reference=berth-build:bookworm          the name the image gets in an engine
 *	ConfigDigest=sha256:<64 hex digits>     the image ID of the classic store
 *	DiffID=sha256:<64 hex digits>           once a layer, lowest first
 *	Recipe=sha256:<64 hex digits>           of what the image is made of (optional)
 *	RecipeCommit=<40 or 64 hex digits>      last commit of the tree's own list (optional)
 *
 * Both digests are pinned because the containerd store shows the manifest's digest as image ID.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/base/failure.h"

#define PIN_PATH "config/build-image.pin"

enum {
	PIN_LAYERS_MAX = 128,
};

struct pin {
	char *reference;
	char *config_digest;
	char **diff_ids;
	size_t diff_id_count;
	char *recipe;        /* NULL where absent */
	char *recipe_commit; /* NULL where absent */
};

/* Reads the pin at `path`. Returns 1 and a pin the caller finishes; 0 when there is no such file;
 * -1 on anything else: EXIT_SYNTAX with every problem, one a line, or EXIT_INTERNAL. */
int pin_read(const char *path, struct pin *ret_pin, struct failure *failure);

/* Whether `text` is "sha256:" and 64 lower-case hexadecimal digits. */
bool pin_is_digest(const char *text);

/* Whether `text` can be the name of an image: what may be in a path of the engine's API. */
bool pin_is_reference(const char *text);

void pin_finish(struct pin *pin);
