/* SPDX-License-Identifier: MIT */
/* EnvironmentFile= text: what comes out is NAME=VALUE and never longer than what went in. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "services/environment_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int take(void *user, const char *assignment)
{
	const char *equals = strchr(assignment, '=');

	if (!equals || equals == assignment || strlen(assignment) > *(size_t *)user) {
		abort();
	}
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	environment_file_parse((const char *)data, size, take, &size);
	return 0;
}
