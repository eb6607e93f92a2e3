/* SPDX-License-Identifier: MIT */
/* The URL of an engine, out of DOCKER_HOST or a context: what is taken can be used as it is. */
#include <stdint.h>
#include <stdlib.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/engine/endpoint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct endpoint *endpoint, const char *url)
{
	bool named = endpoint->kind == ENDPOINT_UNIX ? endpoint->path && *endpoint->path == '/'
						     : endpoint->host && *endpoint->host;
	if (!endpoint->url || !named || endpoint->port < 0 || endpoint->port > 65535 || !url) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *url = alloc_copy_range((const char *)data, size);
	struct endpoint endpoint = { 0 };
	struct failure failure = { 0 };
	if (endpoint_parse(url, &endpoint, &failure) == 0) {
		check(&endpoint, url);
		/* Whoever is not on this machine is spoken to in secret, or not at all. */
		if (endpoint_check(&endpoint, &failure) == 0 && endpoint.kind == ENDPOINT_TCP &&
			!endpoint.tls && !endpoint_is_loopback(&endpoint)) {
			abort();
		}
		endpoint_finish(&endpoint);
	} else if (failure.code != EXIT_USAGE || !*failure.text) {
		abort();
	}
	return 0;
}
