/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * From what is known of a build's end to the exit code of berth, and why. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

struct outcome_facts {
	bool ended;    /* the engine said that the container ended */
	int exit_code; /* then: with this code */
	bool oom_killed;
	bool timed_out;
	bool detached;
	int signal;     /* the first that berth got, or 0 */
	size_t results; /* files that the build left */
	bool results_looked_for;
};

struct outcome {
	int code;
	bool from_build; /* the code is the build's own */
	char cause[256]; /* one line; "" after success */
};

/* Decides. A build that ran to its end gives its own code, unless it was stopped by a signal to
 * berth (128+n), by its time-out (84), or for want of memory (85). Success without results is 83.
 */
void outcome_decide(const struct outcome_facts *facts, struct outcome *ret_outcome);
