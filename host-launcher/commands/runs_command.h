/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is done to runs: `berth logs [RUN]`, `stop [RUN]`, `rm RUN...` and `gc`.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

int logs_command(const struct options *options, struct failure *failure);
int stop_command(const struct options *options, struct failure *failure);
int rm_command(const struct options *options, struct failure *failure);
int gc_command(const struct options *options, struct failure *failure);
