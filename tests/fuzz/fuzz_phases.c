/* SPDX-License-Identifier: MIT */
/* A build's log and an engine's statistics are whatever somebody wrote. */
#include <stdint.h>
#include <stdlib.h>

#include "host-launcher/log/phases.h"
#include "host-launcher/progress/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct samples samples;
	struct phases phases = { .replayed = size % 2, .epoch_ms = -5 };
	size_t half = size / 2;
	phases_feed(&phases, (const char *)data, half, 1);
	phases_feed(&phases, (const char *)data + half, size - half, 2);
	samples_feed(&samples, (const char *)data, size, 3);
	samples_feed(&samples, "\n", 1, 4);
	phases_end(&phases, 5);
	if (phases.offset != size || phases.count > PHASES_MAX || samples.count >= SAMPLES_MAX) {
		abort();
	}
	phases_finish(&phases);
	samples_finish(&samples);
	samples = (struct samples) { 0 };
	return 0;
}
