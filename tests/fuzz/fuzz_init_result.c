/* SPDX-License-Identifier: MIT */
/* What an engine sends for the file that berth-init left in a container. */
#include <stdint.h>

#include "host-launcher/results/init_result.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	(void)init_result_is_oom(data, size);
	return 0;
}
