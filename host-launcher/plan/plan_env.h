/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The environment of a build: an allow-list, nothing of the caller's leaks in. Pure.
 */

#include "host-launcher/plan/plan.h"

/* `ram`: the build works in memory. Fills `env`, which the caller finishes in any case. Failure:
 * EXIT_USAGE for a proxy, cache or variable that makes no sense. */
int plan_env_make(
	const struct plan_input *input, bool ram, struct env_list *env, struct failure *failure);
