/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The log of a run from the engine's record, for those who only watch.
 */

#include <stdbool.h>

#include "host-launcher/engine/engine.h"

/* Prints the log so far on standard output, or, `follow`, until the container ends. Blocks as long
 * as that and the reader take. Failure: EXIT_ENGINE_LOST, EXIT_WRITE. */
int follow_log(struct engine *engine, const char *id, bool follow, struct failure *failure);

/* The same to the end, then the container's exit code. -1: as above. */
int follow_to_end(struct engine *engine, const char *id, struct failure *failure);
