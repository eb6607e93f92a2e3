/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command `berth build [SRC] [-- BUILD ARGS]`: everything that can be checked is checked before
 * anything is changed, then the build runs.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

int build_command(const struct options *options, struct failure *failure);
