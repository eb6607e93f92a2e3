/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The options as data; a new one is one line in option_table.c.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/options/options.h"

enum option_kind {
	OPTION_SWITCH,   /* bool */
	OPTION_TEXT,     /* char *, never empty */
	OPTION_CHOICE,   /* char *, one of `choices` */
	OPTION_LIST,     /* struct string_list; may be given again */
	OPTION_DURATION, /* int64_t, milliseconds */
	OPTION_SIZE,     /* uint64_t, bytes, never 0 */
	OPTION_NUMBER,   /* long */
	OPTION_COUNT,    /* long, 1 at least */
	OPTION_RAM,      /* struct options' `ram` and `ram_bytes`; the value is optional */
};

enum {
	/* live-build needs time to unmount its chroot. */
	OPTION_STOP_TIMEOUT_MS = 60 * 1000,
	/* CI systems take what is silent for some minutes for dead. */
	OPTION_HEARTBEAT_MS = 60 * 1000,
};

struct option {
	const char *name; /* without dashes */
	char letter;      /* 0: none */
	enum option_kind kind;
	bool variable; /* BERTH_NAME may set it too */
	unsigned commands;
	size_t offset; /* in struct options */
	const char *argument;
	const char *choices; /* "a|b" */
	const char *help;
};

extern const struct option option_table[];
extern const size_t option_table_count;
