/* SPDX-License-Identifier: MIT */
/* The log of an attached container, as an engine frames it. The first byte says where it is split:
 * the pieces must mean the same as the whole. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/engine/stream.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Notes each byte with its source, so that the cut of the pieces does not show. */
static void note(enum stream_source source, const char *data, size_t length, void *user)
{
	for (size_t i = 0; i < length; i++) {
		char pair[2] = { (char)source, data[i] };
		buffer_append(user, pair, sizeof(pair));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct stream whole = { 0 };
	struct stream pieces = { 0 };
	struct buffer whole_out = { 0 };
	struct buffer pieces_out = { 0 };

	if (!size) {
		return 0;
	}
	const char *text = (const char *)data + 1;
	size_t length = size - 1;
	size_t cut = data[0] % size;
	int whole_rc = stream_feed(&whole, text, length, note, &whole_out);
	int pieces_rc = stream_feed(&pieces, text, cut, note, &pieces_out);
	if (pieces_rc == 0) {
		pieces_rc = stream_feed(&pieces, text + cut, length - cut, note, &pieces_out);
	}
	if (whole_rc != pieces_rc || whole_out.length != pieces_out.length ||
		(whole_out.length &&
			memcmp(whole_out.data, pieces_out.data, whole_out.length) != 0)) {
		abort();
	}
	buffer_finish(&whole_out);
	buffer_finish(&pieces_out);
	return 0;
}
