/* SPDX-License-Identifier: MIT */
#pragma once

/* Who a process is and what it may do: the user, its groups, capabilities(7). */

#include "conf/service_config.h"
#include "services/credentials.h"
#include "services/step.h"

/*
 * Makes the calling process what `exec` says: the bounding set first, while it may still be
 * changed, then the user `to` (NULL: it stays), then ambient capabilities, which a change of the
 * user would take away. Returns 0, or -errno with the step in `at`, the item being the capability
 * that was refused.
 */
int privileges_drop(
	const struct exec_context *exec, const struct credentials *to, struct step_place *at);
