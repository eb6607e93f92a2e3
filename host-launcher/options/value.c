/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/value.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

struct unit {
	const char *name;
	double factor;
};

static const struct unit time_units[] = {
	{ "ms", 1 },
	{ "s", 1e3 },
	{ "sec", 1e3 },
	{ "m", 60e3 },
	{ "min", 60e3 },
	{ "h", 3600e3 },
	{ "hr", 3600e3 },
	{ "d", 86400e3 },
	{ "", 1e3 },
};

static const struct unit size_units[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1024.0 },
	{ "M", 1024.0 * 1024 },
	{ "G", 1024.0 * 1024 * 1024 },
	{ "T", 1024.0 * 1024 * 1024 * 1024 },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* One NUMBER[UNIT]; moves the text on behind it. */
static int parse_part(const char **text, const struct unit *units, size_t count, double *ret_value)
{
	const char *start = *text;
	if (!isdigit((unsigned char)*start)) {
		return -EINVAL;
	}
	char *end;
	/* No hexadecimal and no exponent: digits and one point only. */
	size_t digits = strspn(start, "0123456789.");
	double number = strtod(start, &end);
	if ((size_t)(end - start) != digits) {
		return -EINVAL;
	}
	size_t length = strspn(end, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
	for (size_t i = 0; i < count; i++) {
		if (strlen(units[i].name) == length && strncmp(units[i].name, end, length) == 0) {
			*ret_value = number * units[i].factor;
			*text = end + length;
			return 0;
		}
	}
	return -EINVAL;
}

int value_parse_duration(const char *text, int64_t *ret_ms)
{
	double total = 0;
	do {
		double part;
		text += strspn(text, " \t");
		int rc = parse_part(&text, time_units, COUNT(time_units), &part);
		if (rc < 0) {
			return rc;
		}
		total += part;
		text += strspn(text, " \t");
	} while (*text);
	if (total > (double)(INT32_MAX)*1000) {
		return -ERANGE;
	}
	*ret_ms = (int64_t)total;
	return 0;
}

int value_parse_size(const char *text, uint64_t *ret_bytes)
{
	double size;
	int rc = parse_part(&text, size_units, COUNT(size_units), &size);
	if (rc < 0 || *text) {
		return -EINVAL;
	}
	if (size > 1e15) {
		return -ERANGE;
	}
	*ret_bytes = (uint64_t)size;
	return 0;
}

int value_parse_bool(const char *text, bool *ret_value)
{
	static const char *const words[2][4] = {
		{ "0", "no", "false", "off" },
		{ "1", "yes", "true", "on" },
	};
	for (int value = 0; value < 2; value++) {
		for (size_t i = 0; i < COUNT(words[value]); i++) {
			if (strcasecmp(text, words[value][i]) == 0) {
				*ret_value = value;
				return 0;
			}
		}
	}
	return -EINVAL;
}
