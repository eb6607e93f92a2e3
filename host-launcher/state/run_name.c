/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/run_name.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>

int run_name_make(char name[RUN_NAME_SIZE], struct failure *failure)
{
	unsigned char bytes[RUN_NAME_BYTES];
	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes)) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot get random bytes: %s", strerror(errno));
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		snprintf(name + 2 * i, 3, "%02x", bytes[i]);
	}
	return 0;
}
