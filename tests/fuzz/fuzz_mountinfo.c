/* SPDX-License-Identifier: MIT */
/* A line of /proc/self/mountinfo. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "services/mountinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text[8192];
	struct mount_line line;

	size = size < sizeof(text) - 1 ? size : sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	if (mountinfo_parse(text, &line)) {
		assert(line.id >= 0 && line.point[0] == '/' && line.type[0]);
		assert(strlen(line.point) < sizeof(line.point));
	}
	return 0;
}
