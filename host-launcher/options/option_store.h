/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Sets one option from text, whoever says it: a file, a variable, TAILS_BUILD_OPTIONS or a flag.
 * What is set later wins, and where it came from is kept for `berth config`.
 */

#include "host-launcher/options/option_table.h"

/* `value` is what is meant to the right of the equals sign; NULL for a flag without one. `origin`
 * is for people: "/etc/berth/berth.ini:3". Returns 0, -EINVAL or -ERANGE. */
int option_set(struct options *options, const struct option *option, const char *value,
	const char *origin);

/* Fills in that `value` cannot be what `name` (as it was spelt) is set to. -1: EXIT_USAGE. */
int option_refuse(
	const struct option *option, const char *name, const char *value, struct failure *failure);

/* The first option of that name which any of the commands has, or NULL. */
const struct option *option_find(const char *name, unsigned commands);

/* Where its value came from; NULL: it is built in. */
const char *option_origin(const struct options *options, const struct option *option);

/* Its value as text, which the caller frees; NULL where there is none. */
char *option_text(const struct options *options, const struct option *option);

/* BERTH_BUILD_TIMEOUT and BuildTimeout for build-timeout; the caller frees them. */
char *option_variable_name(const struct option *option);
char *option_key_name(const struct option *option);
