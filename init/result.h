/* SPDX-License-Identifier: MIT */
#pragma once

/* The report of a whole run for programs: JSON in a file, see berth-init(8), RESULT. */

#include <stdio.h>

#include "init/manager.h"

/* What is only known in the end. */
struct result {
	int exit_code;
	ssize_t decided_by; /* index of a service, or -1 */
	unsigned left_over; /* processes that the last sweep stopped */
	bool out_of_memory; /* the kernel killed some process of the container for want of it */
};

/* Whether the kernel has killed for want of memory in our cgroup since that was made. Blocks for a
 * read of a file at most. */
bool result_out_of_memory(const struct manager *manager);

/* Writes it to `out`. */
void result_print(FILE *out, const struct manager *manager, const struct result *result);

/* Writes the file, or leaves what is there: readers see one or the other. Says in the log if it
 * cannot. */
void result_save(struct manager *manager, const struct result *result);
