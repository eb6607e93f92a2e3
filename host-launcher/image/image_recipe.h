/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the base image is made of: Debian's minimal system, the packages of conf/image.packages and
 * of the source tree's own list, and the last touches of conf/image.customize.
 */

#include <stdint.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"
#include "host-launcher/image/apt_source.h"

/* A source tree's own packages, in the format of conf/image.packages; it need not exist. */
#define IMAGE_RECIPE_PATH "config/build-image.packages"

struct image_recipe {
	char *architecture; /* as Debian calls it, "amd64" */
	struct apt_sources sources;
	struct string_list packages; /* sorted, each once */
	char *customize;             /* path of the last touches' script */
	/* "sha256:..." of all that is the same on every machine: not the mirror, not the day. */
	char *digest;
	char *commit; /* last one in the source tree that touched its list; NULL: none did */
};

/* Reads the lists and asks APT, dpkg and git. Returns 0 and what the caller finishes, or -1:
 * EXIT_SYNTAX for a list, EXIT_RESOURCES. */
int image_recipe_load(const char *source, struct image_recipe *ret_recipe, struct failure *failure);

void image_recipe_finish(struct image_recipe *recipe);

/* Adds the packages that `text`, from the file `name`, lists. Returns 0, or -1 after EXIT_SYNTAX.
 * Pure, as are the next two. */
int image_recipe_add_packages(
	const char *text, const char *name, struct string_list *packages, struct failure *failure);

/* The text that the digest is taken of. `customize` is the script's text. Owned by the caller. */
char *image_recipe_text(const struct image_recipe *recipe, const char *customize);

/* The command that writes the file system as a tar archive to standard output. */
void image_recipe_command(const struct image_recipe *recipe, struct string_list *argv);
