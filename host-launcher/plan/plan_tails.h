/* SPDX-License-Identifier: MIT */
#pragma once

#include "host-launcher/plan/plan.h"
#include "host-launcher/plan/proxy.h"

/* Variables that Tails' build scripts read, and the name of the results. What a release must not
 * have is left out. Pure. */
void plan_tails_add(
	const struct plan_input *input, const struct proxy *proxy, struct env_list *env);

/* What of the options a release ignores. Pure. */
void plan_tails_warn(const struct plan_input *input, struct string_list *warnings);

/* Whether built websites are kept: never for a release. */
bool plan_tails_caches_website(const struct plan_input *input);
