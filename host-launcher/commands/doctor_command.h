/* SPDX-License-Identifier: MIT */
#pragma once

#include "host-launcher/base/failure.h"
#include "host-launcher/options/options.h"

/* The command `doctor [SRC]`: what keeps this machine from building. Ends with what a build would
 * end with, 0 where it can be done. */
int doctor_command(const struct options *options, struct failure *failure);
