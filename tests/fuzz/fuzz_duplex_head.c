/* SPDX-License-Identifier: MIT */
/* The head of what an engine answers to an upgrade: pieces of it mean that more is to come, and
 * nothing else. */
#include <stdint.h>
#include <stdlib.h>

#include "host-launcher/engine/duplex_head.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t length = 0;
	size_t shorter = 0;
	int status = 0;
	int rc = duplex_head_parse(text, size, &length, &status);
	if (rc > 0) {
		if (length > size || status < 100 || status > 999) {
			abort();
		}
		/* Without its last byte it is not whole, and what follows does not matter. */
		if (duplex_head_parse(text, length - 1, &shorter, &status) != 0 ||
			duplex_head_parse(text, length, &shorter, &status) != 1 ||
			shorter != length) {
			abort();
		}
	} else if (rc == 0 && size && duplex_head_parse(text, size / 2, &shorter, &status) != 0) {
		abort();
	}
	return 0;
}
