/* SPDX-License-Identifier: MIT */
/* What an engine answers while it loads an image. The first byte says where the answer is split:
 * the pieces must mean the same as the whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/engine/load_report.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct load_report whole = { 0 }, pieces = { 0 };

	if (!size) {
		return 0;
	}
	size_t rest = size - 1, cut = data[0] % size;
	const char *text = (const char *)data + 1;

	load_report_feed(&whole, text, rest);
	load_report_end(&whole);
	load_report_feed(&pieces, text, cut);
	load_report_feed(&pieces, text + cut, rest - cut);
	load_report_end(&pieces);
	if (!same(load_report_error(&whole), load_report_error(&pieces)) ||
		!same(load_report_loaded(&whole), load_report_loaded(&pieces))) {
		abort();
	}
	load_report_finish(&whole);
	load_report_finish(&pieces);
	return 0;
}
