/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command `berth attach [RUN]`: goes on with a build that another berth left, as if it had been
 * here all the time; or watches one that another berth is at.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

int attach_command(const struct options *options, struct failure *failure);
