/* SPDX-License-Identifier: MIT */
#pragma once

/* Condition*= of systemd.unit(5): a service whose conditions are not met is skipped. */

#include "conf/service_config.h"

/* All plain conditions hold, and of those with `|` at least one. Blocks on the disk only. */
bool conditions_met(const struct condition *conditions, char *const *environment);
