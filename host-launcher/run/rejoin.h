/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Looks for a running container again after the connection to its engine broke, and tells a build
 * that goes on, or that ended meanwhile, from one that went down with its engine: the code of the
 * latter says nothing about the build.
 */

#include <jansson.h>
#include <stdbool.h>

#include "host-launcher/engine/engine.h"

enum {
	/* Engines that containers outlive come back, as after an upgrade, and so do networks; other
	 * engines only matter for what there is to clean up. */
	REJOIN_OUTLIVED_MS = 60 * 1000,
	REJOIN_MS = 3 * 1000,
	REJOIN_POLL_MS = 250,
};

enum rejoin_verdict {
	REJOIN_AGAIN,   /* not known yet */
	REJOIN_RUNNING, /* it goes on */
	REJOIN_ENDED,   /* by itself, with a code that counts */
	REJOIN_LOST,
	REJOIN_STOPPED, /* a signal came meanwhile, and is left to be read */
};

/* Judges an answer to /containers/ID/json. `was_gone`: for a while nothing listened there. Pure. */
enum rejoin_verdict rejoin_judge(enum engine_pulse pulse, const json_t *container, bool was_gone,
	bool outlived, int *ret_code);

/* Asks until it is clear. Blocks for the times above; never gives REJOIN_AGAIN. `*ret_code` is set
 * for REJOIN_ENDED. */
enum rejoin_verdict rejoin_container(
	struct engine *engine, const char *id, int signal_fd, int *ret_code);
