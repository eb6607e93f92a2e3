/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/standstill.h"

void standstill_begin_anew(
	struct standstill *standstill, int64_t limit_ms, uint64_t moved, int64_t now_ms)
{
	*standstill = (struct standstill) {
		.limit_ms = limit_ms,
		.begun = true,
		.moved = moved,
		.until_ms = now_ms + limit_ms,
	};
}

bool standstill_is_over(struct standstill *standstill, uint64_t moved, int64_t now_ms)
{
	if (!standstill->begun || standstill->moved != moved) {
		standstill_begin_anew(standstill, standstill->limit_ms, moved, now_ms);
	}
	return now_ms >= standstill->until_ms;
}

int standstill_wait_ms(const struct standstill *standstill, int64_t now_ms, int longest_ms)
{
	int64_t left_ms = standstill->until_ms - now_ms;
	if (!standstill->begun || left_ms >= longest_ms) {
		return longest_ms;
	}
	return left_ms > 0 ? (int)left_ms : 0;
}
