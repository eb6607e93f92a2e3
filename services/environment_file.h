/* SPDX-License-Identifier: MIT */
#pragma once

/* EnvironmentFile= (systemd.exec(5)): NAME=VALUE lines with shell-like quotes. */

#include <stddef.h>

enum {
	ENVIRONMENT_FILE_MAX = 1 << 20,
};

/*
 * Parses `text` and calls `take` with each "NAME=VALUE", valid during the call only; it
 * returns 0 or -errno, which ends the parsing. Lines that are no assignment to a valid
 * name are passed over, as systemd does. Returns 0 or -errno. Pure.
 */
int environment_file_parse(const char *text, size_t length,
	int (*take)(void *user, const char *assignment), void *user);

/* The same for a regular file of ENVIRONMENT_FILE_MAX bytes at most. */
int environment_file_read(
	const char *path, int (*take)(void *user, const char *assignment), void *user);
