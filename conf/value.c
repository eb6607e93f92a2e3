/* SPDX-License-Identifier: MIT */
#include "conf/value.h"

#include <ctype.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define ARRAY_SIZE(a)  (sizeof(a) / sizeof((a)[0]))
#define CPU_SEPARATORS ", \t"

static bool is_one_of(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (strcasecmp(text, words[i]) == 0) {
			return true;
		}
	}
	return false;
}

int conf_parse_boolean(const char *text, bool *ret_value)
{
	static const char *const yes[] = { "1", "yes", "y", "true", "t", "on" };
	static const char *const no[] = { "0", "no", "n", "false", "f", "off" };
	bool is_yes = is_one_of(text, yes, ARRAY_SIZE(yes));

	if (!is_yes && !is_one_of(text, no, ARRAY_SIZE(no))) {
		return -EINVAL;
	}
	*ret_value = is_yes;
	return 0;
}

int conf_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
	char *end;

	if (!isdigit((unsigned char)text[text[0] == '-'])) {
		return -EINVAL;
	}
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (*end) {
		return -EINVAL;
	}
	if (errno || value < minimum || value > maximum) {
		return -ERANGE;
	}
	*ret_value = value;
	return 0;
}

int conf_parse_mode(const char *text, mode_t *ret_mode)
{
	char *end;

	if (!isdigit((unsigned char)text[0])) {
		return -EINVAL;
	}
	errno = 0;
	unsigned long value = strtoul(text, &end, 8);
	if (*end) {
		return -EINVAL;
	}
	if (errno || value > 07777) {
		return -ERANGE;
	}
	*ret_mode = (mode_t)value;
	return 0;
}

struct time_unit {
	const char *name;
	int64_t us;
};

#define SECOND INT64_C(1000000)
#define MINUTE (60 * SECOND)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define US_MAX (INT64_MAX / 4)

/* systemd.time(7), "Parsing Time Spans". A month is 30.44 days, a year 365.25. */
static const struct time_unit time_units[] = {
	{ "seconds", SECOND },
	{ "second", SECOND },
	{ "sec", SECOND },
	{ "s", SECOND },
	{ "minutes", MINUTE },
	{ "minute", MINUTE },
	{ "min", MINUTE },
	{ "m", MINUTE },
	{ "msec", 1000 },
	{ "ms", 1000 },
	{ "usec", 1 },
	{ "us", 1 },
	{ "\xc2\xb5s", 1 },
	{ "hours", HOUR },
	{ "hour", HOUR },
	{ "hr", HOUR },
	{ "h", HOUR },
	{ "days", DAY },
	{ "day", DAY },
	{ "d", DAY },
	{ "weeks", 7 * DAY },
	{ "week", 7 * DAY },
	{ "w", 7 * DAY },
	{ "months", 2629800 * SECOND },
	{ "month", 2629800 * SECOND },
	{ "M", 2629800 * SECOND },
	{ "years", 31557600 * SECOND },
	{ "year", 31557600 * SECOND },
	{ "y", 31557600 * SECOND },
};

static const struct time_unit *take_unit(const char **text)
{
	size_t length = 0;

	while ((*text)[length] && !strchr(" \t.-+0123456789", (*text)[length])) {
		length++;
	}
	if (!length) {
		return &time_units[0];
	}
	for (size_t i = 0; i < ARRAY_SIZE(time_units); i++) {
		if (strlen(time_units[i].name) == length &&
			strncmp(*text, time_units[i].name, length) == 0) {
			*text += length;
			return &time_units[i];
		}
	}
	return NULL;
}

/* A plain decimal such as 3.5, in two parts. strtod() would take 0x10, 1e3 and inf
 * too, and brings a lot of the C library along. */
static int take_decimal(const char **text, int64_t *ret_number, int64_t *ret_millionths)
{
	int64_t number = 0;
	int64_t millionths = 0;
	int64_t weight = SECOND / 10;
	const char *at = *text;

	for (; isdigit((unsigned char)*at); at++) {
		if (number > US_MAX / 10 - 1) {
			return -ERANGE;
		}
		number = number * 10 + (*at - '0');
	}
	if (*at == '.') {
		if (!isdigit((unsigned char)at[1])) {
			return -EINVAL;
		}
		for (at++; isdigit((unsigned char)*at); at++, weight /= 10) {
			millionths += weight * (*at - '0');
		}
	}
	if (at == *text) {
		return -EINVAL;
	}
	*text = at;
	*ret_number = number;
	*ret_millionths = millionths;
	return 0;
}

/* One "3.5s"; advances `*text` behind it and adds to `*sum_us`. */
static int take_span(const char **text, int64_t *sum_us)
{
	int64_t number;
	int64_t millionths;
	int64_t whole_us;
	int r = take_decimal(text, &number, &millionths);

	if (r < 0) {
		return r;
	}
	*text += strspn(*text, " \t");
	const struct time_unit *unit = take_unit(text);
	if (!unit) {
		return -EINVAL;
	}
	if (__builtin_mul_overflow(number, unit->us, &whole_us) || whole_us > US_MAX ||
		*sum_us > US_MAX) {
		return -ERANGE;
	}
	/* In two steps, for a year in microseconds times a million would overflow. */
	*sum_us +=
		whole_us + unit->us / SECOND * millionths + unit->us % SECOND * millionths / SECOND;
	return 0;
}

int conf_parse_timespan(const char *text, int64_t *ret_ms)
{
	int64_t sum_us = 0;

	if (strcmp(text, "infinity") == 0) {
		*ret_ms = CONF_INFINITY;
		return 0;
	}
	if (!text[strspn(text, " \t")]) {
		return -EINVAL;
	}
	for (text += strspn(text, " \t"); *text; text += strspn(text, " \t")) {
		int r = take_span(&text, &sum_us);

		if (r < 0) {
			return r;
		}
	}
	*ret_ms = (sum_us + 999) / 1000;
	return 0;
}

static int take_limit(const char *text, size_t length, rlim_t *ret_value)
{
	static const char suffixes[] = "KMGTPE";
	char *end;

	if (length == strlen("infinity") && strncmp(text, "infinity", length) == 0) {
		*ret_value = RLIM_INFINITY;
		return 0;
	}
	if (!isdigit((unsigned char)*text)) {
		return -EINVAL;
	}
	errno = 0;
	unsigned long long value = strtoull(text, &end, 10);
	if (errno) {
		return -ERANGE;
	}
	const char *suffix = end < text + length ? strchr(suffixes, *end) : NULL;
	unsigned shift = suffix ? 10 * ((unsigned)(suffix - suffixes) + 1) : 0;
	if (end + (suffix != NULL) != text + length) {
		return -EINVAL;
	}
	if (shift && value >> (63 - shift)) {
		return -ERANGE;
	}
	*ret_value = (rlim_t)(value << shift);
	return 0;
}

int conf_parse_limit(const char *text, struct rlimit *ret_limit)
{
	const char *colon = strchr(text, ':');
	const char *hard = colon ? colon + 1 : text;
	struct rlimit limit;

	int r = take_limit(text, colon ? (size_t)(colon - text) : strlen(text), &limit.rlim_cur);
	if (r == 0) {
		r = take_limit(hard, strlen(hard), &limit.rlim_max);
	}
	if (r < 0) {
		return r;
	}
	if (limit.rlim_cur > limit.rlim_max) {
		return -ERANGE;
	}
	*ret_limit = limit;
	return 0;
}

struct signal_name {
	int number;
	const char *name;
};

static const struct signal_name signal_names[] = {
	{ SIGHUP, "SIGHUP" },
	{ SIGINT, "SIGINT" },
	{ SIGQUIT, "SIGQUIT" },
	{ SIGILL, "SIGILL" },
	{ SIGTRAP, "SIGTRAP" },
	{ SIGABRT, "SIGABRT" },
	{ SIGBUS, "SIGBUS" },
	{ SIGFPE, "SIGFPE" },
	{ SIGKILL, "SIGKILL" },
	{ SIGUSR1, "SIGUSR1" },
	{ SIGSEGV, "SIGSEGV" },
	{ SIGUSR2, "SIGUSR2" },
	{ SIGPIPE, "SIGPIPE" },
	{ SIGALRM, "SIGALRM" },
	{ SIGTERM, "SIGTERM" },
	{ SIGSTKFLT, "SIGSTKFLT" },
	{ SIGCHLD, "SIGCHLD" },
	{ SIGCONT, "SIGCONT" },
	{ SIGSTOP, "SIGSTOP" },
	{ SIGTSTP, "SIGTSTP" },
	{ SIGTTIN, "SIGTTIN" },
	{ SIGTTOU, "SIGTTOU" },
	{ SIGURG, "SIGURG" },
	{ SIGXCPU, "SIGXCPU" },
	{ SIGXFSZ, "SIGXFSZ" },
	{ SIGVTALRM, "SIGVTALRM" },
	{ SIGPROF, "SIGPROF" },
	{ SIGWINCH, "SIGWINCH" },
	{ SIGIO, "SIGIO" },
	{ SIGPWR, "SIGPWR" },
	{ SIGSYS, "SIGSYS" },
};

const char *conf_signal_name(int signal)
{
	for (size_t i = 0; i < ARRAY_SIZE(signal_names); i++) {
		if (signal_names[i].number == signal) {
			return signal_names[i].name;
		}
	}
	return signal >= SIGRTMIN && signal <= SIGRTMAX ? "SIGRTMIN+n" : "signal";
}

/* In any case. strncasecmp() comes in seven variants, which are 27 KiB. */
static bool has_prefix(const char *text, const char *capitals)
{
	while (*capitals && toupper((unsigned char)*text) == *capitals) {
		text++;
		capitals++;
	}
	return !*capitals;
}

static int parse_realtime_signal(const char *text, int *ret_signal)
{
	int64_t offset;
	bool from_top = has_prefix(text, "RTMAX");

	if (!from_top && !has_prefix(text, "RTMIN")) {
		return -EINVAL;
	}
	text += 5;
	if (!*text) {
		*ret_signal = from_top ? SIGRTMAX : SIGRTMIN;
		return 0;
	}
	if (*text != (from_top ? '-' : '+') || text[1] == '-') {
		return -EINVAL;
	}
	int r = conf_parse_integer(text + 1, 0, SIGRTMAX - SIGRTMIN, &offset);
	if (r == 0) {
		*ret_signal = from_top ? SIGRTMAX - (int)offset : SIGRTMIN + (int)offset;
	}
	return r;
}

int conf_parse_signal(const char *text, int *ret_signal)
{
	int64_t number;
	int r = conf_parse_integer(text, 1, SIGRTMAX, &number);

	if (r == 0) {
		*ret_signal = (int)number;
		return 0;
	}
	if (r == -ERANGE) {
		return r;
	}
	const char *bare = has_prefix(text, "SIG") ? text + 3 : text;
	for (size_t i = 0; i < ARRAY_SIZE(signal_names); i++) {
		if (strcasecmp(bare, signal_names[i].name + 3) == 0) {
			*ret_signal = signal_names[i].number;
			return 0;
		}
	}
	return parse_realtime_signal(bare, ret_signal);
}

static int take_cpu(const char **text, unsigned long *ret_cpu)
{
	char *end;

	if (!isdigit((unsigned char)**text)) {
		return -EINVAL;
	}
	*ret_cpu = strtoul(*text, &end, 10);
	*text = end;
	return *ret_cpu < CPU_SETSIZE ? 0 : -ERANGE;
}

/* One number or range up to a blank or comma; moves `*text` behind it. */
static int take_cpu_range(const char **text, cpu_set_t *cpus)
{
	unsigned long first = 0;
	int r = take_cpu(text, &first);
	unsigned long last = first;

	if (r == 0 && **text == '-') {
		(*text)++;
		r = take_cpu(text, &last);
	}
	if (r < 0) {
		return r;
	}
	for (unsigned long cpu = first; cpu <= last; cpu++) {
		CPU_SET(cpu, cpus);
	}
	return first > last || !strchr(CPU_SEPARATORS, **text) ? -EINVAL : 0;
}

int conf_parse_cpu_list(const char *text, cpu_set_t *ret_cpus)
{
	cpu_set_t cpus;
	int r = 0;

	CPU_ZERO(&cpus);
	text += strspn(text, CPU_SEPARATORS);
	while (r == 0 && *text) {
		r = take_cpu_range(&text, &cpus);
		text += strspn(text, CPU_SEPARATORS);
	}
	if (r == 0) {
		*ret_cpus = cpus;
	}
	return r;
}
