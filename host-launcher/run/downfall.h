/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whether a container that ended was taken down by its engine, which stops all containers before it
 * stops itself and reports their ends meanwhile as if nothing were. The codes of such containers
 * say nothing about their builds.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/engine/engine.h"

enum {
	/* An engine on its way down is gone by then; only who was signalled by others waits for it.
	 */
	DOWNFALL_MS = 5 * 1000,
	DOWNFALL_POLL_MS = 200,
	/* An engine may tell of a signal only after its effect. */
	DOWNFALL_LATE_MS = 100,
};

/* Whether the events of a container, a line of JSON each, tell of a signal. Pure. */
bool downfall_was_signalled(const char *events, size_t length);

/* To be asked when a container ended that nobody here had sent a signal, at `finished_ms` since
 * 1970 by the engine's clock; 0: that is not known. Blocks until a little later, and for the time
 * above if somebody else had sent one. */
bool downfall_of_engine(struct engine *engine, const char *id, int64_t finished_ms);
