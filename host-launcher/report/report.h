/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a person, or with --json a program, is told at the end of a build.
 */

#include "host-launcher/options/options.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/run/run.h"

void report_show(
	const struct options *options, const struct plan *plan, const struct run_report *report);

/* A program, of a build whose container never ran. */
void report_show_unbegun(const struct options *options, const struct failure *failure);
