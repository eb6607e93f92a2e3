/* SPDX-License-Identifier: MIT */
/* sd_notify(3) datagrams, which any process of a service may write: one, and it cut in two. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "services/notify_message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(const struct notify_message *message)
{
	if (strnlen(message->status, sizeof(message->status)) == sizeof(message->status) ||
		message->main_pid < 0 || message->watchdog_ms < 0 || message->extend_ms < 0 ||
		message->exit_status < 0 || message->exit_status > 255 || message->error < 0) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct notify_message whole = { 0 };
	struct notify_message parts = { 0 };

	notify_message_add(&whole, (const char *)data, size);
	check(&whole);
	notify_message_add(&parts, (const char *)data, size / 2);
	notify_message_add(&parts, (const char *)data + size / 2, size - size / 2);
	check(&parts);
	return 0;
}
