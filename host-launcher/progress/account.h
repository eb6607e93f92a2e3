/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What is measured while berth works, for reports: times, phases, use of the machine.
 */

#include "host-launcher/log/phases.h"
#include "host-launcher/progress/samples.h"

/* Times are of clock_now_ms() but for started_s; 0: that was not reached. */
struct account {
	int64_t started_s; /* seconds since 1970 */
	int64_t started_ms;
	int64_t build_start_ms;
	int64_t build_end_ms;
	int64_t ended_ms;
	struct phases phases;
	struct samples samples;
};

void account_begin(struct account *account);

/* Instead: of a build that was begun at `started_s`, and whose log is still to be read. */
void account_resume(struct account *account, int64_t started_s);

/* The build itself ended at this time, in seconds since 1970. */
void account_end_build(struct account *account, int64_t ended_s);

void account_end(struct account *account);
void account_finish(struct account *account);
