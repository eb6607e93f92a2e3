/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Names of runs: random, so that no two builds of any machine have the same.
 */

#include "host-launcher/base/failure.h"

enum {
	RUN_NAME_BYTES = 5,
	RUN_NAME_SIZE = 2 * RUN_NAME_BYTES + 1,
};

/* Lower-case hexadecimal digits. Returns 0 or -1: EXIT_INTERNAL. */
int run_name_make(char name[RUN_NAME_SIZE], struct failure *failure);
