/* SPDX-License-Identifier: MIT */
/* The syntax of values, compared with systemd's own parsers. Where the two differ on purpose the
 * case says so. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/unit_name.h"
#include "conf/value.h"
#include "services/environment.h"
#include "tests/unit/oracle.h"

enum {
	/* enum ExtractFlags of systemd 252, for words of ExecStart= and Environment= */
	EXTRACT_CUNESCAPE = 1 << 1,
	EXTRACT_UNESCAPE_RELAX = 1 << 2,
	EXTRACT_UNQUOTE = 1 << 5,
};

static bool agree(bool a, bool b)
{
	return a == b;
}

static void compare_spans(const char *text)
{
	int (*parse_sec)(const char *, uint64_t *);
	oracle_find("parse_sec", &parse_sec);
	uint64_t us = 0;
	int64_t ms = 0;
	int theirs = parse_sec(text, &us);
	int ours = conf_parse_timespan(text, &ms);

	/* Ours end after 70,000 years. */
	if (theirs == 0 && us > INT64_MAX / 4 && us != UINT64_MAX) {
		return;
	}
	cr_expect(agree(theirs < 0, ours < 0), "\"%s\": theirs %d, ours %d", text, theirs, ours);
	if (theirs == 0 && ours == 0) {
		uint64_t expected = us == UINT64_MAX ? (uint64_t)CONF_INFINITY : (us + 999) / 1000;

		cr_expect(expected == (uint64_t)ms, "\"%s\": theirs %llu us, ours %lld ms", text,
			(unsigned long long)us, (long long)ms);
	}
}

Test(oracle, time_spans)
{
	static const char *const words[] = { "2 h", "2hours", "48hr", "1y 12month", "55s500ms",
		"300ms20s 5day", "50", "2min 200ms", "infinity", "1.5s", ".5", "5.", "1us", "0",
		" 7 ", "3weeks2d", "1M 1m", "1\xc2\xb5s", "1\xce\xbcs", "infinity ", " infinity",
		"+5", "-5", "0.0000001", "99999999999", "1.999999999s", "584542y", "5 s 7",
		"1 second 2 seconds", "1usec", "1nsec", "1e3", "inf", "" };

	EACH(words, "0123456789. smhdwyMuec-+", compare_spans);
}

static void compare_booleans(const char *text)
{
	int (*parse_boolean)(const char *);
	oracle_find("parse_boolean", &parse_boolean);
	bool ours = false;
	int theirs = parse_boolean(text);
	int r = conf_parse_boolean(text, &ours);

	cr_expect(agree(theirs < 0, r < 0), "\"%s\": theirs %d, ours %d", text, theirs, r);
	cr_expect(theirs < 0 || (theirs != 0) == ours, "\"%s\"", text);
}

Test(oracle, booleans)
{
	static const char *const words[] = { "1", "yes", "y", "true", "t", "on", "0", "no", "n",
		"false", "f", "off", "YES", "", " yes", "enabled" };

	EACH(words, "yestrunofal01 ", compare_booleans);
}

static void compare_signals(const char *text)
{
	int (*signal_from_string)(const char *);
	oracle_find("signal_from_string", &signal_from_string);
	int ours = -1;
	int theirs = signal_from_string(text);

	/* Ours may be written in small letters. */
	if (strpbrk(text, "abcdefghijklmnopqrstuvwxyz")) {
		return;
	}
	int r = conf_parse_signal(text, &ours);

	cr_expect(agree(theirs <= 0, r < 0), "\"%s\": theirs %d, ours %d", text, theirs, r);
	cr_expect(theirs <= 0 || r < 0 || theirs == ours, "\"%s\": theirs %d, ours %d", text,
		theirs, ours);
}

Test(oracle, signals)
{
	static const char *const words[] = { "SIGTERM", "TERM", "15", "SIGHUP", "sighup", "hup",
		"RTMIN", "RTMIN+3", "SIGRTMIN+0", "RTMAX", "RTMAX-1", "SIGRTMAX-64", "RTMIN+99",
		"64", "65", "0", "-1", "SIGCLD", "SIGPOLL", "SIGIOT", "SIGIO", "SIGSTKFLT", "",
		"+9", "09", "0x9" };

	EACH(words, "SIGTERMHUPNAX+-0123456789", compare_signals);
}

static void compare_exit_statuses(const char *text)
{
	int (*from_string)(const char *);
	oracle_find("exit_status_from_string", &from_string);
	int ours = -1;
	int theirs = from_string(text);
	int r = conf_parse_exit_status(text, &ours);

	cr_expect(agree(theirs < 0, r < 0), "\"%s\": theirs %d, ours %d", text, theirs, r);
	cr_expect(theirs < 0 || r < 0 || theirs == ours, "\"%s\"", text);
}

Test(oracle, exit_statuses)
{
	static const char *const words[] = { "0", "255", "256", "-1", "SUCCESS", "FAILURE",
		"DATAERR", "TEMPFAIL", "CHDIR", "EXCEPTION", "BPF", "OOM_ADJUST",
		"NO_NEW_PRIVILEGES", "NUMA_POLICY", "", "temp", "01", "0x1", "0b11", "0o17", "08" };

	EACH(words, "0123456789ADETFILM_x", compare_exit_statuses);
}

static void compare_modes(const char *text)
{
	int (*parse_mode)(const char *, mode_t *);
	oracle_find("parse_mode", &parse_mode);
	mode_t theirs = 0, ours = 0;
	int a = parse_mode(text, &theirs);
	int b = conf_parse_mode(text, &ours);

	cr_expect(agree(a < 0, b < 0), "\"%s\": theirs %d, ours %d", text, a, b);
	cr_expect(a < 0 || theirs == ours, "\"%s\"", text);
}

Test(oracle, modes)
{
	static const char *const words[] = { "0755", "755", "0", "7777", "07777", "10000", "08",
		"-1", "+7", "", "0x7", "0o7", "0b1" };

	EACH(words, "01234567890x+-bo", compare_modes);
}

static void compare_limits_of(int resource, const char *text)
{
	int (*rlimit_parse)(int, const char *, struct rlimit *);
	oracle_find("rlimit_parse", &rlimit_parse);
	struct rlimit theirs = { 0 }, ours = { 0 };
	int a = rlimit_parse(resource, text, &theirs);
	int b = conf_parse_limit(text, resource, &ours);

	/* They take -0 and a colon at the end, in 30,000 years they count on, and they calculate in
	 * floating point. */
	if (strstr(text, "-0") || (strchr(text, '.') && strpbrk(text, "EP")) ||
		strchr(text, ':') != strrchr(text, ':') ||
		((resource == RLIMIT_RTTIME || resource == RLIMIT_CPU) && a == 0 &&
			theirs.rlim_max > UINT64_C(1) << 40)) {
		return;
	}
	cr_expect(agree(a < 0, b < 0), "%d \"%s\": theirs %d, ours %d", resource, text, a, b);
	cr_expect(a < 0 || b < 0 ||
			  (theirs.rlim_cur == ours.rlim_cur && theirs.rlim_max == ours.rlim_max),
		"%d \"%s\": theirs %llu:%llu, ours %llu:%llu", resource, text,
		(unsigned long long)theirs.rlim_cur, (unsigned long long)theirs.rlim_max,
		(unsigned long long)ours.rlim_cur, (unsigned long long)ours.rlim_max);
}

static void compare_limits(const char *text)
{
	compare_limits_of(RLIMIT_NOFILE, text);
	compare_limits_of(RLIMIT_CPU, text);
	compare_limits_of(RLIMIT_NICE, text);
	compare_limits_of(RLIMIT_RTTIME, text);
	compare_limits_of(RLIMIT_MEMLOCK, text);
}

Test(oracle, limits)
{
	static const char *const words[] = { "4096", "1K:infinity", "infinity", "2:1", "1:2",
		"1:", ":1", "8M", "1.5G", "1G 512M", "+5", "-20", "19", "5", "1min", "10s:1min",
		"500ms", "1us", "64G", "16E", "1B", "1KB", "0", "", "5 :6", "5: 6", "40", "-21:+3",
		"18446744073709551615", "18446744073709551616", "1.5", "1T:2T" };

	EACH(words, "0123456789KMGTPEB:. smin+-", compare_limits);
}

static void compare_words(const char *text)
{
	int (*extract)(const char **, char **, const char *, unsigned);
	oracle_find("extract_first_word", &extract);
	struct conf_arena arena = { 0 };
	const char *theirs = text, *ours = text;
	int a, b;

	do {
		char *their_word = NULL, *our_word = NULL;

		const char *before = theirs;

		/* As their Exec*= has it: what is no escape stays, with a warning. */
		a = extract(&theirs, &their_word, NULL, EXTRACT_CUNESCAPE | EXTRACT_UNQUOTE);
		if (a < 0) {
			theirs = before;
			a = extract(&theirs, &their_word, NULL,
				EXTRACT_CUNESCAPE | EXTRACT_UNESCAPE_RELAX | EXTRACT_UNQUOTE);
		}
		b = conf_next_word(&ours, &arena, &our_word, NULL);
		cr_expect(agree(a < 0, b < 0) && agree(a > 0, b > 0), "\"%s\": theirs %d, ours %d",
			text, a, b);
		if (a > 0 && b > 0) {
			cr_expect(strcmp(their_word, our_word) == 0,
				"\"%s\": theirs \"%s\", ours \"%s\"", text, their_word, our_word);
		}
		free(their_word);
	} while (a > 0 && b > 0);
	conf_arena_finish(&arena);
}

Test(oracle, words)
{
	static const char *const words[] = { "a b  c", "'a b' \"c d\"", "a'b c'd", "\"it's\"", "''",
		"'a\\'b'", "\\x41\\102\\u00e9\\U0001f600", "\\s\\t\\n\\a\\b\\f\\r\\v", "a\\ b",
		"\\\\", "\\\"\\'", "ONE='one' \"TWO='two two' too\" THREE=", "\\x00", "\\000",
		"\\ud800", "\\777", "'open", "end\\", " lead", "\\x4", "\\q", "\\;", "a\tb" };

	EACH(words, "abx0147u\\\\'\" ;s\t", compare_words);
}

static void compare_cpus(const char *text)
{
	struct {
		cpu_set_t *set;
		size_t allocated;
	} theirs = { 0 };
	int (*parse)(
		const char *, void *, bool, const char *, const char *, unsigned, const char *);
	oracle_find("parse_cpu_set_full", &parse);
	cpu_set_t ours;
	int a = parse(text, &theirs, false, NULL, NULL, 0, NULL);
	int b = conf_parse_cpu_list(text, &ours);

	/* "3-1" is nothing to them, with a warning; a mistake to us. Theirs go on to 8191. */
	if (a < 0 || b < 0) {
		cr_expect(b < 0, "\"%s\": theirs %d, ours %d", text, a, b);
	} else {
		for (size_t i = 0; i < CPU_SETSIZE; i++) {
			bool has = i < theirs.allocated * 8 &&
				   CPU_ISSET_S(i, theirs.allocated, theirs.set);

			cr_expect(has == !!CPU_ISSET(i, &ours), "\"%s\": %zu", text, i);
		}
	}
	free(theirs.set);
}

Test(oracle, processors)
{
	static const char *const words[] = { "0", "0-3", "0 2,4", "0-2, 7 9,1023", "1-", "-1",
		"1,,2", "", " ", "1\t2", "5-5", "07" };

	EACH(words, "0123456789-, ", compare_cpus);
}

/* The words of a command line, behind a first one that stays. */
static void compare_expansions(const char *text)
{
	static char first[] = "program";
	char *environment[] = { strdup("ONE=one"), strdup("TWO='two  two' too"), strdup("THREE="),
		strdup("Q=\"a b\"c 'd"), strdup("B=\\a\\ b\\"), strdup("S=  x \t y\n"), NULL };
	char *copy = strdup(text);
	char *argv[] = { first, copy, NULL };
	char **(*replace_env_argv)(char **, char **);
	struct conf_arena arena = { 0 };
	char **ours = NULL;
	size_t i = 0;

	oracle_find("replace_env_argv", &replace_env_argv);
	char **theirs = replace_env_argv(argv, environment);

	cr_assert(eq(int, environment_expand_argv(&arena, argv, environment, &ours), 0));
	for (; theirs[i] && ours[i]; i++) {
		cr_expect(strcmp(theirs[i], ours[i]) == 0, "\"%s\": theirs \"%s\", ours \"%s\"",
			text, theirs[i], ours[i]);
	}
	cr_expect(theirs[i] == NULL && ours[i] == NULL, "\"%s\": theirs \"%s\", ours \"%s\"", text,
		theirs[i] ? theirs[i] : "", ours[i] ? ours[i] : "");
	for (i = 0; theirs[i]; i++) {
		free(theirs[i]);
	}
	for (i = 0; environment[i]; i++) {
		free(environment[i]);
	}
	free(theirs);
	free(copy);
	conf_arena_finish(&arena);
}

Test(oracle, variables_in_command_lines)
{
	static const char *const words[] = { "$ONE", "$TWO", "${TWO}", "$THREE", "${THREE}",
		"$NONE", "${NONE}", "mid${ONE}dle", "$ONE$TWO", "$$", "$$ONE", "a$ONE", "$", "${",
		"${ONE", "$}", "${}", "$Q", "${Q}", "$B", "$S", "${S}", "${ONE}${TWO}", "x$$y",
		"$-", "$ONE-" };

	EACH(words, "${}ONETWBQSa- ", compare_expansions);
}

static void compare_unescaped(const char *text)
{
	int (*their_unescape)(const char *, char **);
	char *theirs = NULL;
	char ours[ORACLE_TEXT_MAX];

	oracle_find("unit_name_unescape", &their_unescape);
	ours[unit_name_unescape(text, strlen(text), ours)] = '\0';
	/* They refuse what no name has. */
	if (their_unescape(text, &theirs) == 0) {
		cr_expect(strcmp(theirs, ours) == 0, "\"%s\": theirs \"%s\", ours \"%s\"", text,
			theirs, ours);
	}
	free(theirs);
}

Test(oracle, escaped_names)
{
	static const char *const words[] = { "a-b", "srv-a\\x2db", "\\x41\\x7a", "-", "a\\x2",
		"--" };

	EACH(words, "ab-\\x24", compare_unescaped);
}
