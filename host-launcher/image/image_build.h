/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command `image build [SRC]`: makes the base image from Debian's packages, loads it into the
 * engine and pins it in the source tree.
 */

#include "host-launcher/options/options.h"

int image_build_command(const struct options *options, struct failure *failure);
