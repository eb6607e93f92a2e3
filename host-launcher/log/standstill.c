/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/standstill.h"

bool standstill_is_over(struct standstill *standstill, uint64_t moved, int64_t now_ms)
{
	if (!standstill->begun || standstill->moved != moved) {
		standstill->begun = true;
		standstill->moved = moved;
		standstill->until_ms = now_ms + standstill->limit_ms;
	}
	return now_ms >= standstill->until_ms;
}

void standstill_begin_anew(struct standstill *standstill, int64_t limit_ms)
{
	*standstill = (struct standstill) { .limit_ms = limit_ms };
}

int standstill_wait_ms(const struct standstill *standstill, int64_t now_ms, int longest_ms)
{
	int64_t left_ms = standstill->until_ms - now_ms;
	if (!standstill->begun || left_ms >= longest_ms) {
		return longest_ms;
	}
	return left_ms > 0 ? (int)left_ms : 0;
}
