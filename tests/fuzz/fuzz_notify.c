/* SPDX-License-Identifier: MIT */
/* sd_notify(3) datagrams, which any process of a service may write. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "init/notify.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notify_message message;

	notify_parse((const char *)data, size, &message);
	if (strnlen(message.status, sizeof(message.status)) == sizeof(message.status)) {
		abort();
	}
	return 0;
}
