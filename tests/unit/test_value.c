/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "conf/value.h"
#include "tests/unit/expect.h"

struct span_case {
	const char *text;
	int64_t ms;
};

/* The first eight are systemd.time(7)'s own examples. */
Test(value, time_spans_are_those_of_systemd_time_7)
{
	static const struct span_case cases[] = {
		{ "2 h", 7200000 },
		{ "2hours", 7200000 },
		{ "48hr", 172800000 },
		{ "1y 12month", 31557600000 + 12 * INT64_C(2629800000) },
		{ "55s500ms", 55500 },
		{ "300ms20s 5day", 432020300 },
		{ "50", 50000 },
		{ "2min 200ms", 120200 },
		{ "1h 2min 3.5s", 3723500 },
		{ "1us", 1 },
		{ "0", 0 },
		{ ".5", 500 },
		{ "5 ", 5000 },
		{ "infinity", CONF_INFINITY },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = -1;

		cr_expect(eq(int, conf_parse_timespan(cases[i].text, &ms), 0), "%s", cases[i].text);
		cr_expect(eq(i64, ms, cases[i].ms), "%s", cases[i].text);
	}
}

Test(value, what_is_no_time_span_is_refused_and_changes_nothing)
{
	static const char *const cases[] = { "", " ", "abc", "-1", "5x", "1..5", "0x10", "1e3",
		"5 s s", "infinity 1", "inf", "99999999999999999999y" };

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t ms = -1;

		cr_expect(lt(int, conf_parse_timespan(cases[i], &ms), 0), "%s", cases[i]);
		cr_expect(eq(i64, ms, -1));
	}
}

Test(value, booleans)
{
	bool value = false;

	cr_expect(eq(int, conf_parse_boolean("Yes", &value), 0));
	cr_expect(value);
	cr_expect(eq(int, conf_parse_boolean("off", &value), 0));
	cr_expect(not(value));
	cr_expect(eq(int, conf_parse_boolean("", &value), -EINVAL));
	cr_expect(eq(int, conf_parse_boolean("2", &value), -EINVAL));
}

Test(value, signals_by_name_and_number)
{
	int signal = 0;

	cr_expect(eq(int, conf_parse_signal("SIGTERM", &signal), 0));
	cr_expect(eq(int, signal, SIGTERM));
	cr_expect(eq(int, conf_parse_signal("hup", &signal), 0));
	cr_expect(eq(int, signal, SIGHUP));
	cr_expect(eq(int, conf_parse_signal("9", &signal), 0));
	cr_expect(eq(int, signal, SIGKILL));
	cr_expect(eq(int, conf_parse_signal("SIGRTMIN+3", &signal), 0));
	cr_expect(eq(int, signal, SIGRTMIN + 3));
	cr_expect(eq(int, conf_parse_signal("RTMAX-1", &signal), 0));
	cr_expect(eq(int, signal, SIGRTMAX - 1));
	cr_expect(lt(int, conf_parse_signal("0", &signal), 0));
	cr_expect(lt(int, conf_parse_signal("65", &signal), 0));
	cr_expect(lt(int, conf_parse_signal("SIGNOPE", &signal), 0));
	cr_expect(lt(int, conf_parse_signal("RTMIN-1", &signal), 0));
	cr_expect(lt(int, conf_parse_signal("RTMIN+99", &signal), 0));
	cr_expect(lt(int, conf_parse_signal("", &signal), 0));
}

Test(value, modes_are_octal)
{
	mode_t mode = 0;

	cr_expect(eq(int, conf_parse_mode("0755", &mode), 0));
	cr_expect(eq(int, (int)mode, 0755));
	cr_expect(lt(int, conf_parse_mode("0789", &mode), 0));
	cr_expect(lt(int, conf_parse_mode("77777", &mode), 0));
	cr_expect(lt(int, conf_parse_mode("-1", &mode), 0));
}

Test(value, limits_have_two_sides_and_suffixes)
{
	struct rlimit limit;

	cr_expect(eq(int, conf_parse_limit("4096", RLIMIT_NOFILE, &limit), 0));
	cr_expect(eq(int, limit.rlim_cur == 4096 && limit.rlim_max == 4096, 1));
	cr_expect(eq(int, conf_parse_limit("1K:infinity", RLIMIT_CORE, &limit), 0));
	cr_expect(eq(int, limit.rlim_cur == 1024 && limit.rlim_max == RLIM_INFINITY, 1));
	cr_expect(lt(int, conf_parse_limit("2:1", RLIMIT_NOFILE, &limit), 0));
	cr_expect(lt(int, conf_parse_limit("1:", RLIMIT_NOFILE, &limit), 0));
	cr_expect(lt(int, conf_parse_limit("1K", RLIMIT_NOFILE, &limit), 0));
	cr_expect(lt(int, conf_parse_limit("99999999999E", RLIMIT_CORE, &limit), 0));
	cr_expect(lt(int, conf_parse_limit("5Q", RLIMIT_CORE, &limit), 0));
}

/* systemd.exec(5), "Resource limit directives" */
Test(value, limits_have_the_unit_of_their_resource)
{
	struct rlimit limit;

	cr_expect(eq(int, conf_parse_limit("1min 1ms", RLIMIT_CPU, &limit), 0));
	cr_expect(eq(u64, limit.rlim_cur, 61));
	cr_expect(eq(int, conf_parse_limit("20", RLIMIT_RTTIME, &limit), 0));
	cr_expect(eq(u64, limit.rlim_cur, 20));
	cr_expect(eq(int, conf_parse_limit("3ms", RLIMIT_RTTIME, &limit), 0));
	cr_expect(eq(u64, limit.rlim_cur, 3000));
	cr_expect(eq(int, conf_parse_limit("+5:-20", RLIMIT_NICE, &limit), 0));
	cr_expect(eq(int, limit.rlim_cur == 15 && limit.rlim_max == 40, 1));
	cr_expect(eq(int, conf_parse_limit("1.5G", RLIMIT_AS, &limit), 0));
	cr_expect(eq(u64, limit.rlim_cur, UINT64_C(3) << 29));
}

Test(value, exit_statuses_by_name)
{
	int status = -1;

	cr_expect(eq(int, conf_parse_exit_status("EX_TEMPFAIL", &status), 0));
	cr_expect(eq(int, status, 75));
	cr_expect(eq(int, conf_parse_exit_status("CHDIR", &status), 0));
	cr_expect(eq(int, status, 200));
	cr_expect(eq(int, conf_parse_exit_status("255", &status), 0));
	cr_expect(eq(int, status, 255));
	cr_expect(lt(int, conf_parse_exit_status("256", &status), 0));
	cr_expect(lt(int, conf_parse_exit_status("NOPE", &status), 0));
}

/* Splits and joins with |, so that one string shows the words. */
static void expect_words(const char *text, const char *expected, int end)
{
	struct conf_arena arena = { 0 };
	char joined[256] = "";
	char *word;
	int r;

	while ((r = conf_next_word(&text, &arena, &word, NULL)) > 0) {
		strcat(joined, word);
		strcat(joined, "|");
	}
	cr_expect(eq(int, r, end));
	expect_text(joined, expected);
	conf_arena_finish(&arena);
}

Test(value, words_are_split_and_unquoted)
{
	expect_words("a  b\tc", "a|b|c|", 0);
	expect_words("'a b' \"c d\" e", "a b|c d|e|", 0);
	expect_words("x'y z'w ''", "xy zw||", 0);
	expect_words("\"it's\"", "it's|", 0);
	expect_words("", "", 0);
	expect_words("'open", "", -EINVAL);
}

Test(value, c_escapes_are_undone_and_unknown_ones_stay)
{
	expect_words("a\\sb \\x41\\102 \\u00e9 \\t", "a b|AB|\xc3\xa9|\t|", 0);
	expect_words("\\q \\x4 \\", "\\q|\\x4|\\|", 0);
	expect_words("\"\\\"\"", "\"|", 0);
	expect_words("\\x00", "\\x00|", 0);
}

Test(value, the_nearest_name_is_near)
{
	static const char *const names[] = { "Restart", "RestartSec", "ExecStart" };

	expect_text(conf_nearest_name("Restrat", names, 3), "Restart");
	expect_text(conf_nearest_name("execstart", names, 3), "ExecStart");
	cr_expect(eq(ptr, (void *)(uintptr_t)conf_nearest_name("Colour", names, 3), NULL));
}

Test(value, processors_are_numbers_and_ranges)
{
	cpu_set_t cpus;

	cr_expect(eq(int, conf_parse_cpu_list("0-2, 7 9,1023", &cpus), 0));
	cr_expect(eq(int, CPU_COUNT(&cpus), 6));
	bool there = CPU_ISSET(2, &cpus) && CPU_ISSET(7, &cpus) && CPU_ISSET(1023, &cpus);

	cr_expect(eq(int, there, true));
	cr_expect(eq(int, conf_parse_cpu_list("1024", &cpus), -ERANGE));
	cr_expect(eq(int, conf_parse_cpu_list("99999999999999999999999", &cpus), -ERANGE));
	cr_expect(eq(int, conf_parse_cpu_list("3-1", &cpus), -EINVAL));
	cr_expect(eq(int, conf_parse_cpu_list("1-", &cpus), -EINVAL));
	cr_expect(eq(int, conf_parse_cpu_list("-1", &cpus), -EINVAL));
	cr_expect(eq(int, conf_parse_cpu_list("1x", &cpus), -EINVAL));
	cr_expect(eq(int, conf_parse_cpu_list("1-2-3", &cpus), -EINVAL));
}

Test(value, capabilities_have_names_in_any_case)
{
	int capability;

	cr_expect(eq(int, conf_parse_capability("cap_NET_raw", &capability), 0));
	cr_expect(eq(int, capability, 13));
	expect_text(conf_capability_name(13), "CAP_NET_RAW");
	expect_text(conf_capability_name(64), "unknown capability");
	cr_expect(eq(int, conf_parse_capability("NET_RAW", &capability), -EINVAL));
	expect_text(conf_nearest_capability("CAP_NET_ROW"), "CAP_NET_RAW");
}
