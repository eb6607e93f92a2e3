/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

int64_t clock_now_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* "Z" or "+01:00" in seconds; -1 for anything else. */
static int read_zone(const char *text, long *ret_s)
{
	int sign = *text == '-' ? -1 : 1;
	if (strcmp(text, "Z") == 0) {
		*ret_s = 0;
		return 0;
	}
	static const char shape[] = "sdd:dd";
	for (size_t i = 0; i < sizeof(shape) - 1; i++) {
		bool fits = shape[i] == 's'   ? text[i] == '+' || text[i] == '-'
			    : shape[i] == 'd' ? isdigit((unsigned char)text[i])
					      : text[i] == shape[i];
		if (!fits) {
			return -1;
		}
	}
	/* Looked at first, for strtol() would take a thousand more digits for minutes. */
	if (text[sizeof(shape) - 1]) {
		return -1;
	}
	*ret_s = sign * (strtol(text + 1, NULL, 10) * 3600 + strtol(text + 4, NULL, 10) * 60);
	return 0;
}

/* The digits behind the point at `*text`, cut off after the third; moves on behind them all. */
static int64_t read_fraction_ms(const char **text)
{
	static const int64_t weights_ms[] = { 100, 10, 1 };
	const char *digits = *text + 1;
	size_t count = strspn(digits, "0123456789");
	int64_t fraction_ms = 0;
	for (size_t i = 0; i < count && i < sizeof(weights_ms) / sizeof(weights_ms[0]); i++) {
		fraction_ms += (digits[i] - '0') * weights_ms[i];
	}
	*text = digits + count;
	return fraction_ms;
}

int clock_parse_time(const char *text, int64_t *ret_ms)
{
	struct tm parts = { 0 };
	long zone_s;
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
	int64_t fraction_ms = rest && *rest == '.' ? read_fraction_ms(&rest) : 0;
	if (!rest || read_zone(rest, &zone_s) < 0) {
		return -EINVAL;
	}
	*ret_ms = (timegm(&parts) - zone_s) * INT64_C(1000) + fraction_ms;
	return 0;
}
