/* SPDX-License-Identifier: MIT */
#pragma once

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

/* The command `berth gitinfo [SRC]`: facts as a table, KEY=value lines for sh, or JSON. */
int gitinfo_command(const struct options *options, struct failure *failure);
