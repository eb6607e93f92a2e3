/* SPDX-License-Identifier: MIT */
/* What doctor reads of others: a container's report, gpg's list of keys, an engine's clock. */
#include <stdint.h>
#include <stdlib.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/doctor/doctor.h"
#include "host-launcher/doctor/doctor_gather.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = alloc_copy_range((const char *)data, size);
	struct probe_report report;
	int64_t when = -1;
	if (probe_report_parse((const char *)data, size, &report) == 0) {
		autofree char *missing = probe_report_missing(&report);
		if ((missing && !*missing) || report.mount < -1 || report.open_files < -1 ||
			report.clock_s < -1) {
			abort();
		}
	}
	if (doctor_read_keys(text, &when) > 0 && when < 0) {
		abort();
	}
	(void)clock_parse_time(text, &when);
	return 0;
}
