/* SPDX-License-Identifier: MIT */
/* INI text, as anybody may write it, to entries: what is handed on must be whole and in bounds. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void on_entry(void *user, const struct conf_entry *entry)
{
	size_t *bytes = user;

	if (!entry->place.line || !*entry->key || strchr(entry->value, '\n')) {
		abort();
	}
	*bytes += strlen(entry->section) + strlen(entry->key) + strlen(entry->value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_problems problems = { 0 };
	size_t bytes = 0;
	const struct conf_sink sink = { .entry = on_entry, .user = &bytes };

	conf_read_text("fuzz", (const char *)data, size, &sink, &problems);
	conf_problems_finish(&problems);
	return 0;
}
