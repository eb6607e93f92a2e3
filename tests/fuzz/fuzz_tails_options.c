/* SPDX-License-Identifier: MIT */
/* TAILS_BUILD_OPTIONS: each word sets options that there are to values that they can have, or is
 * refused. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_store.h"
#include "host-launcher/options/tails_options.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int set(
	void *user, const char *name, const char *value, const char *word, struct failure *failure)
{
	const struct option *option = option_find(name, COMMAND_BUILD);
	if (!option) {
		abort();
	}
	return option_set(user, option, value, word) < 0
		       ? option_refuse(option, word, value, failure)
		       : 0;
}

static const char *get(void *user, const char *name)
{
	(void)user;
	return strcmp(name, "http_proxy") == 0 ? "http://proxy.example:3128" : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	autofree char *text = alloc_copy_range((const char *)data, size);
	struct options options = { 0 };
	struct failure failure = { 0 };
	const struct tails_options_sink sink = {
		.set = set,
		.get = get,
		.user = &options,
		.warnings = &options.warnings,
	};
	if (tails_options_parse(text, &sink, &failure) < 0 &&
		(failure.code != EXIT_USAGE || !*failure.text)) {
		abort();
	}
	options_finish(&options);
	return 0;
}
