/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Collects what doctor.h judges: asks engines, programs and the kernel, and tries a container.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/doctor/doctor.h"
#include "host-launcher/options/options.h"

/* Engine and container; blocks for the engines' time-outs at most. Returns 0 and fills in its part
 * of the facts, or -1 when a signal ended it: EXIT_SIGNAL_BASE + n. */
int doctor_gather_engine(
	const struct options *options, struct doctor_facts *facts, struct failure *failure);

/* The machine's part; wants the engine's before. */
void doctor_gather_machine(const struct options *options, struct doctor_facts *facts);
