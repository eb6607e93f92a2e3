/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * `berth-init -- CMD`: one child and no configuration, where tini(1) was used. Signals are
 * forwarded, orphans are reaped, and the child's exit code is ours.
 */

#include "services/spawn.h"

enum {
	DROPIN_DROP = -1,
};

/* What is told on standard error, each level with those before. */
enum dropin_verbosity {
	DROPIN_SILENT = -1,   /* not even what is wrong around it */
	DROPIN_TELL_ENDS = 1, /* start and end of the command */
	DROPIN_TELL_SIGNALS,
	DROPIN_TELL_ORPHANS, /* that are reaped */
};

struct dropin_options {
	bool signal_group;      /* -g: signals go to the child's process group */
	bool as_dumb_init;      /* forward faults, too, and stop ourselves with the command */
	bool subreaper;         /* -s: asked for, so not being PID 1 is no surprise */
	uint8_t codes[256 / 8]; /* -e: exit codes that become 0 */
	int parent_death;       /* -p: the signal that we get when our parent ends, or 0 */
	int8_t rewrite[NSIG];   /* -r: what a signal becomes, DROPIN_DROP, or 0: what it is */
	int verbosity;          /* -v: enum dropin_verbosity, or 0 */
	bool tell_orphans;      /* -w: at any verbosity */
};

/* Runs `argv` (NULL-terminated) and returns the exit code: the child's own, 128+n if signal n
 * killed it, 127 or 126 if it could not be run. All signals must be blocked. */
int dropin_run(
	const struct spawn_host *host, const struct dropin_options *options, char *const *argv);
