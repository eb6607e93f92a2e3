/* SPDX-License-Identifier: MIT */
/* What other berths left in berth's folder: records of runs, and how long phases took. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/progress/history.h"
#include "host-launcher/state/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_history(const char *text, size_t size)
{
	static const char log[] = "berth: phase a\nberth: phase b\n";
	struct history history = { 0 };
	struct history again = { 0 };
	struct phases phases = { 0 };
	history_parse(text, size, &history);
	phases_feed(&phases, log, strlen(log), 0);
	if (history_left_ms(&history, &phases, 1) < -1) {
		abort();
	}
	/* What is written can be read. */
	char *fresh = history_with(&history, &phases);
	history_parse(fresh, strlen(fresh), &again);
	size_t wanted = history.count + (history.count < HISTORY_BUILDS_MAX);
	if (again.count > HISTORY_BUILDS_MAX || again.count > wanted || !again.count) {
		abort();
	}
	free(fresh);
	phases_finish(&phases);
	history_finish(&again);
	history_finish(&history);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct record record;
	const char *text = (const char *)data;
	if (record_parse("0a1b", text, size, &record) > 0) {
		if (!record.run || strcmp(record.run, "0a1b") != 0) {
			abort();
		}
		record_finish(&record);
	}
	try_history(text, size);
	return 0;
}
