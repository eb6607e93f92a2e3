/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The commands as data: names, what they take, and the function that does them.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/base/failure.h"

struct options;

/* Commands as bits: an option names those it belongs to. */
enum command_bit {
	COMMAND_BUILD = 1 << 0,
	COMMAND_GITINFO = 1 << 1,
	COMMAND_IMAGE_BUILD = 1 << 2,
	COMMAND_IMAGE_PIN = 1 << 3,
	COMMAND_IMAGE_LOAD = 1 << 4,
	COMMAND_IMAGE_STATUS = 1 << 5,
	COMMAND_VERSION = 1 << 6,
	COMMAND_HELP = 1 << 7,
	COMMAND_PS = 1 << 8,
	COMMAND_LOGS = 1 << 9,
	COMMAND_ATTACH = 1 << 10,
	COMMAND_STOP = 1 << 11,
	COMMAND_RM = 1 << 12,
	COMMAND_GC = 1 << 13,
	COMMAND_SHELL = 1 << 14,
	COMMAND_CONFIG = 1 << 15,
	COMMAND_DOCTOR = 1 << 16,
	COMMAND_COMPLETION = 1 << 17,
	COMMAND_ALL = (1 << 18) - 1,
};

struct command {
	const char *name; /* one or two words */
	unsigned bit;
	size_t words_min;
	size_t words_max;
	bool passes_arguments; /* what follows `--` is for the build */
	const char *arguments; /* for the usage line */
	const char *summary;
	/* Does it. Returns berth's exit code, or -1 with the failure told. */
	int (*run)(const struct options *options, struct failure *failure);
};

/* Ends with an entry whose name is NULL; in cli.c. */
extern const struct command command_table[];
