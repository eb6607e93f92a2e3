/* SPDX-License-Identifier: MIT */
#pragma once

/* Condition*= and Assert*= of systemd.unit(5): a service whose conditions are not met is skipped,
 * one whose assertions are not met has failed. */

#include "conf/service_config.h"

/*
 * All plain ones must hold, and of those with `|` at least one. Returns NULL if so, else one that
 * does not hold. Those about a host see the container that we are in. Blocks on the disk only.
 */
const struct condition *conditions_unmet(
	const struct condition *conditions, char *const *environment);
