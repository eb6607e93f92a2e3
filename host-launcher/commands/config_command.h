/* SPDX-License-Identifier: MIT */
#pragma once

#include "host-launcher/options/options.h"

/* `berth config`: what each option is, and where that comes from. */
int config_command(const struct options *options, struct failure *failure);
