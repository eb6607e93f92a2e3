/* SPDX-License-Identifier: MIT */
/* The log: prefixed lines, none of them merged, split or lost. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/boot.h"

Test(log, lines_are_prefixed_with_the_service)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot,
			"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=longer-name\n"
			"ExecStart=@/probe say:one \"say:two words\"\n"
			"[service:longer-name]\nType=oneshot\nExecStart=@/probe say:three\n") == 0,
		"%s", boot.log.text);
	/* Aligned, so that the texts begin in one column. */
	cr_expect(boot_logged(&boot, "m           | one\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m           | two words\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "longer-name | three\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* What `bytes:N` wrote, behind the prefix: every line, in order. */
static void expect_lines(const struct boot *boot, const char *prefix, long lines)
{
	char wanted[160];
	long next = 0;
	const char *at = boot->log.text;

	while (next < lines) {
		int length = snprintf(wanted, sizeof(wanted), "%s%063ld\n", prefix, next);

		at = strstr(at, wanted);
		cr_assert(at, "line %ld is not there", next);
		at += length;
		next++;
	}
	cr_expect(strstr(at, "\n0000000000") == NULL);
}

Test(log, nothing_of_10_mb_before_the_end_is_lost)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\n"
				  "ExecStart=@/probe bytes:10485760 exit:2\n") == 2);
	expect_lines(&boot, "m          | ", 10485760 / 64);
	boot_finish(&boot);
}

Test(log, what_a_process_wrote_stands_before_its_end)
{
	struct boot boot;

	boot_init(&boot);
	for (int i = 0; i < 20; i++) {
		cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\n"
					  "ExecStart=@/probe say:last exit:3\n") == 3);
		const char *words = strstr(boot.log.text, "| last\n");
		const char *end = strstr(boot.log.text, "main process exited");

		cr_assert(words && end && words < end, "%s", boot.log.text);
	}
	boot_finish(&boot);
}

Test(log, inherited_output_is_raw)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nStandardOutput=inherit\n"
			  "ExecStart=@/probe bytes:1048576\n") == 0,
		"%s", boot.log.text);
	expect_lines(&boot, "", 1048576 / 64);
	boot_finish(&boot);
}

Test(log, last_line_without_an_end_is_told)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\n"
				  "ExecStart=/usr/bin/printf 'a\\\\nb'\n") == 0);
	cr_expect(boot_logged(&boot, "m          | a\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m          | b\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(log, a_line_of_1_mb_is_whole_or_split_but_not_lost)
{
	struct boot boot;
	size_t count = 0;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\n"
			  "ExecStart=/bin/sh -c 'head -c 1048576 /dev/zero | tr \"\\\\0\" Q'\n") ==
		  0);
	for (const char *at = boot.log.text; *at; at++) {
		count += *at == 'Q';
	}
	cr_expect(count == 1048576, "%zu", count);
	boot_finish(&boot);
}

/* Nothing but a newline ends a line, and no byte means anything else. */
Test(log, bytes_are_passed_on_as_they_are)
{
	static const char wanted[] =
		"m          | a\0b\377\200\r\033[1m\tc\nm          | \nm          | \0\n";
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nExecStart=/usr/bin/printf "
			  "'a\\\\0b\\\\377\\\\200\\\\r\\\\033[1m\\\\tc\\\\n\\\\n\\\\0'\n") == 0);
	cr_expect(memmem(boot.log.text, boot.log.length, wanted, sizeof(wanted) - 1));
	boot_finish(&boot);
}

Test(log, streams_of_many_services_do_not_mix_within_a_line)
{
	struct boot boot;
	char text[4096];
	size_t length = 0;

	boot_init(&boot);
	length += (size_t)snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=s0 s1 s2 s3\n"
		"ExecStart=@/probe exit:0\n");
	for (int i = 0; i < 4; i++) {
		length += (size_t)snprintf(text + length, sizeof(text) - length,
			"[service:s%d]\nType=oneshot\nExecStart=@/probe bytes:640000\n", i);
	}
	cr_expect(boot_run(&boot, text) == 0);
	expect_lines(&boot, "s0         | ", 10000);
	expect_lines(&boot, "s3         | ", 10000);
	boot_finish(&boot);
}

/* Nobody reads the log for a while: PID 1 must answer all the same. */
Test(log, stalled_reader_does_not_keep_pid_1_from_stopping)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\nTimeoutStopSec=1\n[service:m]\n"
			     "ExecStart=@/probe on:TERM:5 event:up bytes:10485760 pause\n");
	boot.stalled = true;
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	int code = boot_end(&boot);

	cr_expect(code == 5 || code == 137, "%d", code);
	boot_finish(&boot);
}

/* One of two that write far more than fits waits, the other loses lines, and all are accounted for.
 */
Test(log, overflow_blocks_or_drops_and_counts)
{
	struct boot boot;
	static const long lines = 10485760 / 64;
	long seen = 0;
	long dropped = 0;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=b\n[service:a]\n"
			     "ExecStart=@/probe event:a bytes:1048576 event:a-written pause\n"
			     "[service:b]\nLogOverflow=drop\nAfter=a\n"
			     "ExecStart=@/probe bytes:10485760 event:b-written on:TERM:0 "
			     "event:b-ready pause\n");
	boot.stalled = true;
	boot_expect_event(&boot, "b-ready");
	/* It had less to write, and began earlier. */
	cr_expect(!boot_happened(&boot, "a-written"));
	boot.stalled = false;
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	for (const char *at = boot.log.text; at; at = strchr(at, '\n')) {
		at += *at == '\n';
		seen += strncmp(at, "b          | 0000", 16) == 0;
		if (strncmp(at, "berth-init | b: ", 16) == 0 && strstr(at, "dropped")) {
			dropped += strtol(at + 16, NULL, 10);
		}
	}
	cr_expect(dropped > 0);
	cr_expect(seen + dropped == lines, "%ld seen and %ld dropped", seen, dropped);
	boot_finish(&boot);
}

/* Far more than any pipe holds, before anybody reads. */
Test(log, overflow_spills_and_its_writer_does_not_wait)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nLogOverflow=spill\n"
			     "ExecStart=@/probe on:TERM:0 bytes:10485760 event:written pause\n");
	boot.stalled = true;
	boot_expect_event(&boot, "written");
	boot.stalled = false;
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	expect_lines(&boot, "m          | ", 10485760 / 64);
	boot_finish(&boot);
}

/* Nearly all of it is still on disk as its writer ends. */
Test(log, what_spilled_is_passed_on_after_the_end_of_main)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nLogOverflow=spill\n"
			     "ExecStart=@/probe bytes:10485760 event:written exit:4\n");
	boot.stalled = true;
	boot_expect_event(&boot, "written");
	boot.stalled = false;
	cr_expect(boot_end(&boot) == 4);
	expect_lines(&boot, "m          | ", 10485760 / 64);
	boot_finish(&boot);
}

Test(log, reader_that_is_gone_does_not_end_pid_1)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[init]\nMain=m\n[service:m]\n"
		"ExecStart=@/probe on:TERM:5 hold:USR1 event:up await:USR1 pause\n"
		"[service:n]\nExecStart=@/probe event:n bytes:1048576 event:written pause\n");
	boot_close_log(&boot);
	boot_expect_event(&boot, "written");
	boot_signal(&boot, SIGTERM);
	int code = boot_end(&boot);

	cr_expect(code == 5 || code == 143, "%d", code);
	boot_finish(&boot);
}

Test(log, holder_of_the_output_does_not_keep_pid_1_from_ending)
{
	struct boot boot;

	boot_init(&boot);
	/* Not PID 1, so its end does not end the namespace: the sweep has to find the process. */
	boot_services_in(&boot, BOOT_SAME_PIDS,
		"[init]\nMain=m\n[service:m]\nType=oneshot\nStopGraceSec=100ms\n"
		"ExecStart=@/probe hold:USR1 fork setsid ignore:TERM event-pid poke:USR1 pause end "
		"await:USR1 say:last exit:3\n");
	cr_expect(boot_end(&boot) == 3, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m          | last\n"), "%s", boot.log.text);
	const char *at = strstr(boot.events.text, "pid ");

	cr_assert(at);
	cr_expect(kill((pid_t)strtol(at + 4, NULL, 10), 0) < 0, "the process that fled is alive");
	boot_finish(&boot);
}

Test(log, names_are_coloured_on_a_terminal_only)
{
	static const char ini[] = "[init]\nMain=m\n[service:m]\nType=oneshot\n"
				  "ExecStart=@/probe say:one\n";
	struct boot boot;

	boot_init(&boot);
	unsetenv("NO_COLOR");
	cr_expect(boot_run(&boot, ini) == 0);
	cr_expect(!boot_logged(&boot, "\033["), "%s", boot.log.text);
	boot_start(&boot, BOOT_TTY, (const char *const[]) { "-c", "@/init.ini", NULL });
	cr_expect(boot_end(&boot) == 0);
	cr_expect(boot_logged(&boot, "\033["), "%s", boot.log.text);
	setenv("NO_COLOR", "1", 1);
	boot_start(&boot, BOOT_TTY, (const char *const[]) { "-c", "@/init.ini", NULL });
	cr_expect(boot_end(&boot) == 0);
	cr_expect(!boot_logged(&boot, "\033["), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m          | one"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* What a line looks like inside is test_log_json.c's. */
Test(log, comes_as_json_if_asked_for)
{
	static const char begin[] = "{\"__REALTIME_TIMESTAMP\":\"";
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\n[service:m]\nType=oneshot\nExecStart=@/probe say:one exit:3\n");
	boot_start(&boot, 0, (const char *const[]) { "-o", "json", "-c", "@/init.ini", NULL });
	cr_expect(boot_end(&boot) == 3);
	cr_expect(boot_logged(&boot, "\"SYSLOG_IDENTIFIER\":\"m\",\"MESSAGE\":\"one\"}\n"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "\"SYSLOG_IDENTIFIER\":\"berth-init\",\"MESSAGE\":"), "%s",
		boot.log.text);
	for (const char *at = boot.log.text; at && *at; at = strchr(at, '\n')) {
		at += *at == '\n';
		cr_expect(!*at || strncmp(at, begin, strlen(begin)) == 0, "%s", at);
	}
	boot_finish(&boot);
}

Test(log, another_format_is_a_mistake)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0, (const char *const[]) { "-o", "jsno", NULL });
	cr_expect(boot_end(&boot) == 64);
	cr_expect(boot_logged(&boot, "short or json"), "%s", boot.log.text);
	boot_start(&boot, 0, (const char *const[]) { "-o", "json", "--", "/bin/true", NULL });
	cr_expect(boot_end(&boot) == 64);
	boot_finish(&boot);
}
