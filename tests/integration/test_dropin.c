/* SPDX-License-Identifier: MIT */
/* `berth-init -- CMD`: one child and no configuration, where people used tini. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

/* berth-init [OPTION] -- probe WORD [WORD] */
static int run(struct boot *boot, const char *word, const char *more)
{
	boot_start(boot, 0, (const char *const[]) { "--", "@/probe", word, more, NULL });
	return boot_end(boot);
}

Test(dropin, every_exit_code_is_handed_on)
{
	struct boot boot;
	char word[16];

	boot_init(&boot);
	for (int code = 0; code < 256; code++) {
		snprintf(word, sizeof(word), "exit:%d", code);
		int got = run(&boot, word, NULL);

		cr_assert(got == code, "%d came out as %d", code, got);
	}
	boot_finish(&boot);
}

Test(dropin, death_by_signal_is_128_and_the_signal)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGKILL, SIGSEGV, SIGTERM,
		SIGUSR1 };
	struct boot boot;
	char word[16];

	boot_init(&boot);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		snprintf(word, sizeof(word), "die:%d", signals[i]);
		int got = run(&boot, word, NULL);

		cr_assert(got == 128 + signals[i], "signal %d came out as %d", signals[i], got);
	}
	boot_finish(&boot);
}

/* berth-init OPTION... -- CMD, as PID 1 or not; the code must be this. */
static void expect_code(unsigned flags, int code, const char *const arguments[])
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, flags, arguments);
	int got = boot_end(&boot);

	cr_expect(got == code, "%d instead of %d:\n%s", got, code, boot.log.text);
	boot_finish(&boot);
}

#define ARGUMENTS(...) ((const char *const[]) { __VA_ARGS__, NULL })

Test(dropin, command_that_cannot_run_is_127_or_126)
{
	expect_code(0, 127, ARGUMENTS("--", "/no/such/program"));
	expect_code(0, 127, ARGUMENTS("--", "no-such-program"));
	expect_code(0, 126, ARGUMENTS("--", "/etc/passwd"));
	expect_code(0, 126, ARGUMENTS("--", "/usr"));
}

Test(dropin, command_is_found_by_path)
{
	expect_code(0, 1, ARGUMENTS("--", "false"));
}

Test(dropin, wanted_codes_become_0)
{
	expect_code(0, 0, ARGUMENTS("-e", "3", "-e", "143", "--", "@/probe", "exit:3"));
	expect_code(0, 0, ARGUMENTS("-e", "3", "-e", "143", "--", "@/probe", "exit:143"));
	expect_code(0, 4, ARGUMENTS("-e", "3", "-e", "143", "--", "@/probe", "exit:4"));
	/* tini's -e 143 is mostly there for a command that dies of the TERM it was sent. */
	expect_code(0, 0, ARGUMENTS("-e", "143", "--", "@/probe", "die:TERM"));
}

Test(dropin, nonsense_is_a_usage_error)
{
	expect_code(0, 64, ARGUMENTS("-e", "256", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("--no-such-option", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("-r", "TERM", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("-r", "TERM:NOTHING", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("-r", "0:TERM", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("-p", "MOM", "--", "/bin/true"));
	expect_code(0, 64, ARGUMENTS("nonsense"));
	expect_code(0, 64, ARGUMENTS("-c", "/dev/null", "--", "/bin/true"));
}

/* Those that end a run by themselves, or that the kernel keeps from us. */
static bool is_forwarded(int signal)
{
	static const int kept[] = { SIGKILL, SIGSTOP, SIGCHLD, SIGFPE, SIGILL, SIGSEGV, SIGBUS,
		SIGABRT, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (kept[i] == signal) {
			return false;
		}
	}
	return signal < 32 || signal >= SIGRTMIN;
}

Test(dropin, every_signal_that_can_be_is_forwarded)
{
	struct boot boot;
	char words[NSIG][16], told[16];
	const char *arguments[NSIG + 8] = { "--", "@/probe" };
	size_t count = 2;

	boot_init(&boot);
	for (int i = 1; i < NSIG; i++) {
		if (is_forwarded(i)) {
			snprintf(words[i], sizeof(words[i]), "tell:%d", i);
			arguments[count++] = words[i];
		}
	}
	arguments[count++] = "event:up";
	arguments[count++] = "pause";
	boot_start(&boot, 0, arguments);
	boot_expect_event(&boot, "up");
	for (int i = 1; i < NSIG; i++) {
		if (is_forwarded(i)) {
			snprintf(told, sizeof(told), "signal %02d", i);
			boot_signal(&boot, i);
			boot_expect_event(&boot, told);
		}
	}
	boot_finish(&boot);
}

Test(dropin, faults_and_job_control_are_not_forwarded)
{
	static const int kept[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS,
		SIGTTIN, SIGTTOU };
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0, ARGUMENTS("--", "@/probe", "on:TERM:9", "event:up", "pause"));
	boot_expect_event(&boot, "up");
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		boot_signal(&boot, kept[i]);
	}
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 9, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(dropin, signals_are_rewritten_or_dropped)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0,
		ARGUMENTS("-r", "TERM:SIGQUIT", "--rewrite", "1:0", "-r", "TTIN:USR1", "--",
			"@/probe", "tell:HUP", "tell:TERM", "tell:USR1", "on:QUIT:9", "event:up",
			"pause"));
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGHUP);
	boot_signal(&boot, SIGTTIN);
	boot_expect_event(&boot, "signal 10");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 9, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "up\nsignal 10\n");
	boot_finish(&boot);
}

Test(dropin, with_g_the_whole_group_gets_the_signal)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0,
		ARGUMENTS("-g", "--", "@/probe", "hold:TERM", "fork", "event:up", "await:TERM",
			"event:child", "end", "await:TERM", "wait", "exit:7"));
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "child"));
	boot_finish(&boot);
}

Test(dropin, tinis_variables_stand_for_its_options)
{
	struct boot boot;

	boot_init(&boot);
	setenv("TINI_SUBREAPER", "", 1);
	setenv("TINI_KILL_PROCESS_GROUP", "1", 1);
	boot_start(&boot, BOOT_SAME_PIDS,
		ARGUMENTS("--", "@/probe", "hold:TERM", "fork", "event:up", "await:TERM",
			"event:child", "end", "await:TERM", "wait", "exit:7"));
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "child"));
	cr_expect_str_eq(boot.log.text, "");
	boot_finish(&boot);
}

Test(dropin, with_g_nobody_of_the_group_outlives_the_command)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_SAME_PIDS,
		ARGUMENTS("-s", "-g", "--", "@/probe", "hold:USR1", "fork", "name:child",
			"on:TERM:0", "poke:USR1", "pause", "end", "await:USR1", "exit:4"));
	/* The log is open as long as the child is there. */
	boot_expect_event(&boot, "child stopped");
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(dropin, orphans_are_reaped_without_being_pid_1)
{
	struct boot boot;
	char path[64], children[4096];
	size_t words;

	boot_init(&boot);
	boot_start(&boot, BOOT_SAME_PIDS,
		ARGUMENTS("-s", "--", "@/probe", "orphans:300", "on:TERM:5", "event:up", "pause"));
	boot_expect_event(&boot, "up");
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", boot.pid, boot.pid);
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;

	do {
		poll(NULL, 0, 1);
		read_text(path, children, sizeof(children));
		words = 0;
		for (const char *at = children; *at; at++) {
			words += *at == ' ';
		}
	} while (words != 1 && now_ms() < deadline_ms);
	cr_expect(words == 1, "%s", children);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(dropin, with_p_the_end_of_the_parent_is_a_signal)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/gate", boot.directory);
	cr_assert(mkfifo(path, 0600) == 0);
	/* A shell runs another berth-init and ends once the gate is open. */
	boot_write(&boot, "parent",
		"/proc/1/exe -s -p USR1 -- @/probe tell:USR1 event:up pause &\nread line "
		"<@/gate\n");
	boot_start(&boot, 0, ARGUMENTS("--", "/bin/sh", "-c", "sh @/parent; exec @/probe pause"));
	boot_expect_event(&boot, "up");
	boot_write(&boot, "gate", "open\n");
	boot_expect_event(&boot, "signal 10");
	boot_finish(&boot);
}

Test(dropin, not_pid_1_is_said_once_unless_it_is_meant)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_SAME_PIDS, ARGUMENTS("--", "@/probe", "exit:5"));
	cr_expect(boot_end(&boot) == 5);
	cr_expect(boot_logged(&boot, "PID 1"), "%s", boot.log.text);
	boot_start(&boot, BOOT_SAME_PIDS, ARGUMENTS("-s", "--", "@/probe", "exit:6"));
	cr_expect(boot_end(&boot) == 6);
	cr_expect_str_eq(boot.log.text, "");
	boot_finish(&boot);
}

Test(dropin, descriptors_mask_and_dispositions_are_as_given)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_IGNORE_HUP, ARGUMENTS("--", "@/probe", "fds", "signals", "pid"));
	cr_expect(boot_end(&boot) == 0);
	cr_expect(boot_logged(&boot, "fds 0 1 2\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "SigBlk:\t0000000000000200\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "SigIgn:\t0000000000000001\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "SigCgt:\t0000000000000000\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(dropin, command_has_the_terminal)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_TTY, ARGUMENTS("--", "@/probe", "tty"));
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "tty stdin, controlling, foreground"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(dropin, interrupt_from_the_terminal_comes_once_and_does_not_end_pid_1)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_TTY,
		ARGUMENTS("--", "@/probe", "tell:INT", "on:TERM:3", "event:up", "pause"));
	boot_expect_event(&boot, "up");
	cr_assert(write(boot.terminal, "\003", 1) == 1);
	boot_expect_event(&boot, "signal 02");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 3, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "up\nsignal 02\n", "%s", boot.events.text);
	boot_finish(&boot);
}
