/* SPDX-License-Identifier: MIT */
/* Sizes, and the limits of systemd.exec(5), "Process Properties": each resource has its own unit.
 */
#include <ctype.h>
#include <errno.h>
#include <string.h>

#include "conf/value.h"

#define BLANKS " \t\n\r"

enum {
	NICE_LEVELS = 20, /* RLIMIT_NICE counts down from there: 1 to 40 for 19 to -20 */
	NICE_MAX = 40,
	FRACTION_MAX = 1000000000,
};

/* A number of digits that fits into 64 bits; a plus may be in front. */
static int take_digits(const char **text, uint64_t *ret_value)
{
	const char *at = *text + (**text == '+');
	uint64_t value = 0;

	if (!isdigit((unsigned char)*at)) {
		return -EINVAL;
	}
	for (; isdigit((unsigned char)*at); at++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (uint64_t)(*at - '0'), &value)) {
			return -ERANGE;
		}
	}
	*text = at;
	*ret_value = value;
	return 0;
}

/* What is behind a decimal point, in 10^-9. */
static uint64_t take_fraction(const char **text)
{
	uint64_t fraction = 0;
	uint64_t weight = FRACTION_MAX / 10;

	for (; isdigit((unsigned char)**text); (*text)++, weight /= 10) {
		fraction += weight * (uint64_t)(**text - '0');
	}
	return fraction;
}

/* One "1.5G"; `*rank` counts suffixes down, so that each comes once and the largest first. */
static int take_size(const char **text, size_t *rank, uint64_t *sum)
{
	static const char suffixes[] = "EPTGMKB";
	uint64_t number, fraction = 0, size;
	int r = take_digits(text, &number);

	if (r < 0) {
		return r;
	}
	if (**text == '.') {
		(*text)++;
		fraction = take_fraction(text);
	}
	*text += strspn(*text, BLANKS);
	const char *hit = **text ? strchr(suffixes + (*rank < 7 ? *rank : 7), **text) : NULL;
	if (*rank > 7) {
		return -EINVAL;
	}
	size_t position = hit ? (size_t)(hit - suffixes) : 7;
	uint64_t factor = position < 6 ? UINT64_C(1) << (10 * (6 - position)) : 1;
	if (__builtin_mul_overflow(number, factor, &size) ||
		__builtin_add_overflow(size,
			factor / FRACTION_MAX * fraction +
				factor % FRACTION_MAX * fraction / FRACTION_MAX,
			&size) ||
		__builtin_add_overflow(*sum, size, sum)) {
		return -ERANGE;
	}
	*text += hit != NULL;
	*rank = position + 1;
	return 0;
}

int conf_parse_size(const char *text, uint64_t *ret_size)
{
	uint64_t sum = 0;
	size_t rank = 0;
	int r;

	do {
		text += strspn(text, BLANKS);
		r = take_size(&text, &rank, &sum);
	} while (r == 0 && *text);
	if (r == 0 && sum == UINT64_MAX) {
		return -ERANGE;
	}
	if (r == 0) {
		*ret_size = sum;
	}
	return r;
}

static int parse_number(const char *text, uint64_t *ret_value)
{
	const char *digits = text + strspn(text, BLANKS);
	uint64_t value = 0;
	int64_t small;
	int r;

	/* In octal and so on nobody writes what needs all 64 bits. */
	if (digits[*digits == '+'] == '0') {
		r = conf_parse_integer(digits, 0, INT64_MAX, &small);
		value = r == 0 ? (uint64_t)small : 0;
	} else {
		r = take_digits(&digits, &value);
		r = r == 0 && *digits ? -EINVAL : r;
	}
	if (r == 0 && value == RLIM_INFINITY) {
		r = -ERANGE;
	}
	if (r == 0) {
		*ret_value = value;
	}
	return r;
}

/* With a sign a nice level, else the kernel's own number. */
static int parse_nice_limit(const char *text, uint64_t *ret_value)
{
	bool level = *text == '+' || *text == '-';
	bool negative = *text == '-';
	uint64_t value = 0;
	int r = parse_number(text + level, &value);

	if (r < 0) {
		return r;
	}
	if (!level) {
		*ret_value = value;
		return value <= NICE_MAX ? 0 : -ERANGE;
	}
	if (value > NICE_LEVELS || (!negative && value == NICE_LEVELS)) {
		return -ERANGE;
	}
	*ret_value = negative ? NICE_LEVELS + value : NICE_LEVELS - value;
	return 0;
}

static int parse_span(const char *text, int64_t unit_us, int64_t result_us, uint64_t *ret_value)
{
	int64_t us;
	int r = conf_parse_microseconds(text, unit_us, &us);

	if (r == 0) {
		*ret_value = us == CONF_INFINITY ? RLIM_INFINITY
						 : (uint64_t)((us + result_us - 1) / result_us);
	}
	return r;
}

static int parse_one(const char *text, int resource, uint64_t *ret_value)
{
	if (resource != RLIMIT_NICE && strcmp(text, "infinity") == 0) {
		*ret_value = RLIM_INFINITY;
		return 0;
	}
	switch (resource) {
	case RLIMIT_CPU:
		return parse_span(text, 1000000, 1000000, ret_value);
	case RLIMIT_RTTIME:
		return parse_span(text, 1, 1, ret_value);
	case RLIMIT_NICE:
		return parse_nice_limit(text, ret_value);
	case RLIMIT_NOFILE:
	case RLIMIT_NPROC:
	case RLIMIT_LOCKS:
	case RLIMIT_SIGPENDING:
	case RLIMIT_RTPRIO:
		return parse_number(text, ret_value);
	default:
		return conf_parse_size(text, ret_value);
	}
}

int conf_parse_limit(const char *text, int resource, struct rlimit *ret_limit)
{
	const char *colon = strchr(text, ':');
	size_t length = colon ? (size_t)(colon - text) : 0;
	char soft[CONF_LIMIT_MAX];
	struct rlimit limit;

	if (length >= sizeof(soft)) {
		return -EINVAL;
	}
	memcpy(soft, text, length);
	soft[length] = '\0';
	int r = parse_one(colon ? soft : text, resource, &limit.rlim_cur);
	if (r == 0) {
		r = parse_one(colon ? colon + 1 : text, resource, &limit.rlim_max);
	}
	if (r == 0 && limit.rlim_cur > limit.rlim_max) {
		r = -ERANGE;
	}
	if (r == 0) {
		*ret_limit = limit;
	}
	return r;
}
