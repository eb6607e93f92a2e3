/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The files of --report, --junit, --html and --trace.
 */

#include "host-launcher/options/options.h"
#include "host-launcher/report/report_data.h"
#include "host-launcher/results/results.h"

/* Whether any is wanted. */
bool report_files_wanted(const struct options *options);

/* Whether they can be written, before anything is begun. Failure: EXIT_WRITE. */
int report_files_check(const struct options *options, struct failure *failure);

/* Writes those that are wanted, each in one step, for `results`' user. Returns 0, or -1 when one
 * could not be written: that is told, and the others are written nevertheless. */
int report_files_write(const struct options *options, const struct report_data *data,
	const struct results *results);
