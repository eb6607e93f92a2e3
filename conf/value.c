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
#define TIME_BLANKS    " \t\n\r"

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

/* The base by what is in front, as systemd has it: 0x, 0o, 0b, and 0 for octal. */
static int take_base(const char **digits)
{
	const char *at = *digits;
	int letter = at[0] == '0' && at[1] ? tolower((unsigned char)at[1]) : 0;
	int base = !letter ? 10 : letter == 'x' ? 16 : letter == 'b' ? 2 : 8;

	*digits += letter == 'x' || letter == 'b' || letter == 'o' ? 2 : 0;
	return base;
}

int conf_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value)
{
	bool negative = *text == '-';
	const char *digits = text + (negative || *text == '+');
	int base = take_base(&digits);
	char *end;

	if (!isxdigit((unsigned char)*digits)) {
		return -EINVAL;
	}
	errno = 0;
	long long value = strtoll(digits, &end, base);
	if (*end || end == digits) {
		return -EINVAL;
	}
	value = negative ? -value : value;
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
	int64_t us; /* 0: a nanosecond, where those count */
};

#define SECOND   INT64_C(1000000)
#define MINUTE   (60 * SECOND)
#define HOUR     (60 * MINUTE)
#define DAY      (24 * HOUR)
#define SPAN_MAX (INT64_MAX / 4)

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
	{ "\xc2\xb5s", 1 }, /* the micro sign, and the Greek letter */
	{ "\xce\xbcs", 1 },
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
	{ "nsec", 0 },
	{ "ns", 0 },
};

/* NULL: none that is known; `fallback` where there is none. */
static const struct time_unit *take_unit(const char **text, const struct time_unit *fallback)
{
	size_t length = 0;

	while ((*text)[length] && !strchr(" \t.-+0123456789", (*text)[length])) {
		length++;
	}
	if (!length) {
		return fallback;
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

/* A plain decimal such as 3.5: its whole part, and where the digits behind the point are. strtod()
 * would take 0x10, 1e3 and inf too, and brings a lot of the C library along. */
static int take_decimal(const char **text, int64_t *ret_number, const char **ret_fraction)
{
	int64_t number = 0;
	const char *at = *text;

	for (; isdigit((unsigned char)*at); at++) {
		if (number > SPAN_MAX / 10 - 1) {
			return -ERANGE;
		}
		number = number * 10 + (*at - '0');
	}
	*ret_fraction = at + (*at == '.');
	if (*at == '.') {
		if (!isdigit((unsigned char)at[1])) {
			return -EINVAL;
		}
		for (at++; isdigit((unsigned char)*at); at++) {
		}
	}
	if (at == *text || (*at && strchr(".+-", *at))) {
		return -EINVAL;
	}
	*text = at;
	*ret_number = number;
	return 0;
}

/* Digit by digit, each of a tenth of the weight of the one before. */
static int64_t fraction_of(const char *digits, int64_t unit)
{
	int64_t sum = 0;

	for (unit /= 10; isdigit((unsigned char)*digits); digits++, unit /= 10) {
		sum += unit * (*digits - '0');
	}
	return sum;
}

/* One "3.5s"; advances `*text` behind it and adds to `*sum`, of which `scale` make a microsecond.
 */
static int take_span(
	const char **text, const struct time_unit *fallback, int64_t scale, int64_t *sum)
{
	const char *fraction = NULL;
	int64_t number;
	int64_t whole;

	*text += **text == '+' && isdigit((unsigned char)(*text)[1]);
	int r = take_decimal(text, &number, &fraction);
	if (r < 0) {
		return r;
	}
	*text += strspn(*text, TIME_BLANKS);
	const struct time_unit *unit = take_unit(text, fallback);
	if (!unit || (!unit->us && scale == 1)) {
		return -EINVAL;
	}
	int64_t weight = unit->us ? unit->us * scale : 1;
	if (__builtin_mul_overflow(number, weight, &whole) || whole > SPAN_MAX || *sum > SPAN_MAX) {
		return -ERANGE;
	}
	*sum += whole + fraction_of(fraction, weight);
	return 0;
}

static bool is_infinity(const char *text)
{
	static const char infinity[] = "infinity";

	text += strspn(text, TIME_BLANKS);
	return strncmp(text, infinity, strlen(infinity)) == 0 &&
	       !text[strlen(infinity) + strspn(text + strlen(infinity), TIME_BLANKS)];
}

static int parse_span(const char *text, int64_t unit_us, int64_t scale, int64_t *ret_span)
{
	const struct time_unit fallback = { "", unit_us };
	int64_t sum = 0;

	if (is_infinity(text)) {
		*ret_span = CONF_INFINITY;
		return 0;
	}
	text += strspn(text, TIME_BLANKS);
	if (!*text) {
		return -EINVAL;
	}
	for (; *text; text += strspn(text, TIME_BLANKS)) {
		int r = take_span(&text, &fallback, scale, &sum);

		if (r < 0) {
			return r;
		}
	}
	*ret_span = sum;
	return 0;
}

int conf_parse_microseconds(const char *text, int64_t unit_us, int64_t *ret_us)
{
	return parse_span(text, unit_us, 1, ret_us);
}

int conf_parse_nanoseconds(const char *text, int64_t *ret_ns)
{
	return parse_span(text, 0, 1000, ret_ns);
}

int conf_parse_timespan(const char *text, int64_t *ret_ms)
{
	int64_t us;
	int r = conf_parse_microseconds(text, SECOND, &us);

	if (r == 0) {
		*ret_ms = us == CONF_INFINITY ? us : (us + 999) / 1000;
	}
	return r;
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

static const char real_time_names[][sizeof("SIGRTMIN+30")] = {
	"SIGRTMIN+0",
	"SIGRTMIN+1",
	"SIGRTMIN+2",
	"SIGRTMIN+3",
	"SIGRTMIN+4",
	"SIGRTMIN+5",
	"SIGRTMIN+6",
	"SIGRTMIN+7",
	"SIGRTMIN+8",
	"SIGRTMIN+9",
	"SIGRTMIN+10",
	"SIGRTMIN+11",
	"SIGRTMIN+12",
	"SIGRTMIN+13",
	"SIGRTMIN+14",
	"SIGRTMIN+15",
	"SIGRTMIN+16",
	"SIGRTMIN+17",
	"SIGRTMIN+18",
	"SIGRTMIN+19",
	"SIGRTMIN+20",
	"SIGRTMIN+21",
	"SIGRTMIN+22",
	"SIGRTMIN+23",
	"SIGRTMIN+24",
	"SIGRTMIN+25",
	"SIGRTMIN+26",
	"SIGRTMIN+27",
	"SIGRTMIN+28",
	"SIGRTMIN+29",
	"SIGRTMIN+30",
};

const char *conf_signal_name(int signal)
{
	for (size_t i = 0; i < ARRAY_SIZE(signal_names); i++) {
		if (signal_names[i].number == signal) {
			return signal_names[i].name;
		}
	}
	return signal >= SIGRTMIN && signal - SIGRTMIN < (int)ARRAY_SIZE(real_time_names)
		       ? real_time_names[signal - SIGRTMIN]
		       : "signal";
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
	if (*text != (from_top ? '-' : '+') || !isdigit((unsigned char)text[1])) {
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

/* "07" is octal here as everywhere. */
static int take_cpu(const char **text, unsigned long *ret_cpu)
{
	char *end;

	if (!isdigit((unsigned char)**text)) {
		return -EINVAL;
	}
	*ret_cpu = strtoul(*text, &end, 0);
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
