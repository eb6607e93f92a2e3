/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Options out of an INI file: section [berth], a key an option, called as in BuildTimeout= for
 * --build-timeout. The grammar is that of all files of berth: conf/reader.h.
 */

#include "host-launcher/options/option_store.h"

enum option_trust {
	/* The user's or the machine's own: may set what a variable may, and lists. */
	OPTION_TRUSTED,
	/* Comes with a source tree: may say how that is built, and nothing that reaches the host.
	 */
	OPTION_FROM_SOURCE,
};

/* Returns 1, 0 where there is no such file, or -1 with all that is wrong in it: EXIT_SYNTAX. */
int option_file_read(const char *path, enum option_trust trust, struct options *options,
	struct failure *failure);

/* Whether a source tree may set it. */
bool option_is_for_source(const struct option *option);
