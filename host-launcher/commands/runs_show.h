/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command `berth ps`: the runs as a table, or as JSON.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

int ps_command(const struct options *options, struct failure *failure);
