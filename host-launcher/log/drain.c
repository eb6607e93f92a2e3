/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/drain.h"

bool drain_is_over(struct drain *drain, uint64_t moved, int64_t now_ms)
{
	if (!drain->begun || drain->moved != moved) {
		*drain = (struct drain) {
			.begun = true,
			.moved = moved,
			.until_ms = now_ms + DRAIN_MS,
		};
	}
	return now_ms >= drain->until_ms;
}

int drain_wait_ms(const struct drain *drain, int64_t now_ms, int longest_ms)
{
	int64_t left_ms = drain->until_ms - now_ms;
	if (!drain->begun || left_ms >= longest_ms) {
		return longest_ms;
	}
	return left_ms > 0 ? (int)left_ms : 0;
}
