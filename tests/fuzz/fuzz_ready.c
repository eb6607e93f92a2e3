/* SPDX-License-Identifier: MIT */
/* A value of ReadyWhen=, and the first bytes of a server's answer. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/ready.h"
#include "services/ready.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_answer(const char *answer, size_t size)
{
	int status = ready_http_status(answer, size);

	if (status > 999 || (status == 0 && size >= READY_ANSWER_MAX)) {
		abort();
	}
	/* What was enough to judge stays so. */
	if (status != 0 && status != ready_http_status(answer, size < 13 ? size : 13)) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_arena arena = { 0 };
	struct ready_when ready;
	const char *why = NULL;
	char text[512];
	size_t length = size < sizeof(text) - 1 ? size : sizeof(text) - 1;

	check_answer((const char *)data, size);
	memcpy(text, data, length);
	text[length] = '\0';
	int r = conf_parse_ready(&arena, text, &ready, &why);
	if ((r == 0 && ready.addresses_count > READY_ADDRESSES) || (r < 0 && !why)) {
		abort();
	}
	conf_arena_finish(&arena);
	return 0;
}
