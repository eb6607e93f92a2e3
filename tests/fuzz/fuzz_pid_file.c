/* SPDX-License-Identifier: MIT */
/* PIDFile= text, which any daemon may have written: only what can be a process comes out. */
#include <stdint.h>
#include <stdlib.h>

#include "services/pid_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	pid_t pid = -1;

	if (pid_file_parse((const char *)data, size, &pid) == 0 ? pid <= 0 : pid != -1) {
		abort();
	}
	return 0;
}
