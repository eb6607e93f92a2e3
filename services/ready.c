/* SPDX-License-Identifier: MIT */
#include "services/ready.h"

#include <errno.h>
#include <stdbool.h>

int64_t ready_next_delay_ms(int64_t delay_ms)
{
	return delay_ms * 2 < READY_MAX_DELAY_MS ? delay_ms * 2 : READY_MAX_DELAY_MS;
}

/* `#` stands for a digit, `_` for what may end a status: the reason may be missing. */
static bool fits(char c, char expected)
{
	if (expected == '#') {
		return c >= '0' && c <= '9';
	}
	return expected == '_' ? c == ' ' || c == '\r' || c == '\n' : c == expected;
}

int ready_http_status(const char *answer, size_t length)
{
	static const char form[READY_ANSWER_MAX + 1] = "HTTP/#.# ###_";

	for (size_t i = 0; i < READY_ANSWER_MAX; i++) {
		if (i == length) {
			return 0;
		}
		if (!fits(answer[i], form[i])) {
			return -EBADMSG;
		}
	}
	int status = (answer[9] - '0') * 100 + (answer[10] - '0') * 10 + (answer[11] - '0');
	return status >= 100 ? status : -EBADMSG;
}
