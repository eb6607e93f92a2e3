/* SPDX-License-Identifier: MIT */
/* Services in systemd's vocabulary: every directive's parser, and the checks over all of them. */
#include <stdint.h>

#include "conf/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_problems problems = { 0 };
	struct conf_set set = { 0 };

	if (conf_load_text("fuzz", (const char *)data, size, &set, &problems) == 0) {
		conf_check(&set, &problems);
	}
	conf_set_finish(&set);
	conf_problems_finish(&problems);
	return 0;
}
