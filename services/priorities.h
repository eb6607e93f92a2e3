/* SPDX-License-Identifier: MIT */
#pragma once

/* What a process may use and when it has its turn: limits, priorities, processors, and what else
 * the kernel is told of it that takes no privilege away. */

#include "conf/service_config.h"
#include "services/step.h"

/* Sets what `exec` says of the calling process. Returns 0, or -errno with the step in `at`; of
 * STEP_LIMITS the item is the RLIMIT_* that was refused. */
int priorities_apply(const struct exec_context *exec, struct step_place *at);
