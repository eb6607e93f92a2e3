/* SPDX-License-Identifier: MIT */
/* The meta.json of a context, as docker or anybody wrote it. */
#include <stdint.h>
#include <stdlib.h>

#include "host-launcher/engine/locate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct failure failure = { 0 };
	struct endpoint endpoint = { 0 };
	char *host = locate_read_context("name", "/path", (const char *)data, size, &failure);
	if (host ? !*host : failure.code != EXIT_USAGE || !*failure.text) {
		abort();
	}
	if (host && endpoint_parse(host, &endpoint, &failure) == 0) {
		endpoint_finish(&endpoint);
	}
	free(host);
	return 0;
}
