/* SPDX-License-Identifier: MIT */
/* In the place of tini and dumb-init, also by their names: what their users pass and rely on. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/boot.h"

#define ARGUMENTS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void start(struct boot *boot, const char *name, unsigned flags, const char *const *arguments)
{
	boot_init(boot);
	boot->name = name;
	boot_start(boot, flags, arguments);
}

/* The code, and whether all of the texts, up to NULL, are told. */
static void expect(const char *name, unsigned flags, int code, const char *const *arguments,
	const char *const *texts)
{
	struct boot boot;

	start(&boot, name, flags, arguments);
	int got = boot_end(&boot);

	cr_expect(got == code, "%s: %d instead of %d:\n%s", name, got, code, boot.log.text);
	for (; *texts; texts++) {
		cr_expect(boot_logged(&boot, *texts), "no \"%s\" in:\n%s", *texts, boot.log.text);
	}
	boot_finish(&boot);
}

static const char *const nothing[] = { NULL };

Test(instead, all_names_run_a_command_with_and_without_dashes)
{
	static const char *const names[] = { "tini", "/usr/bin/tini-static", "/sbin/docker-init",
		"catatonit", "dumb-init", "/usr/local/bin/dumb-init" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		expect(names[i], 0, 7, ARGUMENTS("@/probe", "exit:7"), nothing);
		expect(names[i], 0, 7, ARGUMENTS("--", "@/probe", "exit:7"), nothing);
		expect(names[i], 0, 127, ARGUMENTS("/does/not/exist"),
			ARGUMENTS("/does/not/exist: No such file or directory"));
		expect(names[i], 0, 1, nothing, ARGUMENTS("a command is missing"));
		expect(names[i], 0, 1, ARGUMENTS("--yolo", "/bin/true"),
			ARGUMENTS("unknown option --yolo"));
	}
}

Test(instead, each_takes_its_own_options)
{
	expect("tini", 0, 0,
		ARGUMENTS("-s", "-g", "-w", "-vvv", "-e", "143", "-p", "TERM", "--", "@/probe",
			"exit:143"),
		nothing);
	expect("docker-init", 0, 3, ARGUMENTS("-v", "-v", "@/probe", "exit:3"), nothing);
	expect("dumb-init", 0, 3, ARGUMENTS("-c", "--", "@/probe", "exit:3"), nothing);
	expect("dumb-init", 0, 3, ARGUMENTS("--single-child", "--verbose", "@/probe", "exit:3"),
		nothing);
	expect("dumb-init", 0, 3, ARGUMENTS("-r", "15:3", "--rewrite", "2:0", "@/probe", "exit:3"),
		nothing);
	expect("catatonit", 0, 3, ARGUMENTS("-g", "@/probe", "exit:3"), nothing);
	/* By its own name: dumb-init's -c only where a command follows. */
	expect(NULL, 0, 3, ARGUMENTS("-c", "--", "@/probe", "exit:3"), nothing);
	expect(NULL, 0, 3, ARGUMENTS("--single-child", "-v", "-w", "--", "@/probe", "exit:3"),
		nothing);
}

Test(instead, rewriting_that_means_nothing_is_a_usage_error)
{
	static const char *const rules[] = { "", "herp", "herp:derp", "15", "15::12", "15:derp",
		"1:99" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		expect("dumb-init", 0, 1, ARGUMENTS("-r", rules[i], "/bin/true"),
			ARGUMENTS("-r wants two signals such as TERM:QUIT, not"));
	}
	expect("dumb-init", 0, 1, ARGUMENTS("-r", "15:12", "-r"),
		ARGUMENTS("a value is missing behind -r"));
}

Test(instead, version_help_and_licence_are_shown)
{
	expect("tini", BOOT_SAME_PIDS, 0, ARGUMENTS("--version"), ARGUMENTS("berth-init "));
	expect("tini", BOOT_SAME_PIDS, 0, ARGUMENTS("-h"), ARGUMENTS("Usage:"));
	expect("tini", BOOT_SAME_PIDS, 0, ARGUMENTS("-l"),
		ARGUMENTS("MIT License\n", "\"Software\"", "THE SOFTWARE IS PROVIDED \"AS IS\""));
	expect("dumb-init", BOOT_SAME_PIDS, 0, ARGUMENTS("-V"), ARGUMENTS("berth-init "));
	expect("dumb-init", BOOT_SAME_PIDS, 0, ARGUMENTS("--help"), ARGUMENTS("Usage:"));
	expect("catatonit", BOOT_SAME_PIDS, 0, ARGUMENTS("-V"), ARGUMENTS("berth-init "));
	expect("catatonit", BOOT_SAME_PIDS, 0, ARGUMENTS("-L"), ARGUMENTS("MIT License\n"));
}

/* tini's own test: a code that is listed becomes 0, and with all others listed it stays. */
Test(instead, exit_codes_become_0_where_listed_and_nowhere_else)
{
	const char *arguments[2 * 256 + 8];
	char codes[256][4], word[16];
	struct boot boot;

	boot_init(&boot);
	for (int code = 0; code < 256; code++) {
		snprintf(codes[code], sizeof(codes[code]), "%d", code);
	}
	for (int code = 0; code < 256; code++) {
		snprintf(word, sizeof(word), "exit:%d", code);
		boot_start(&boot, 0, ARGUMENTS("-e", codes[code], "--", "@/probe", word));
		cr_assert(boot_end(&boot) == 0, "%d", code);
	}
	for (int code = 0; code < 256; code += 15) {
		size_t count = 0;

		for (int other = 0; other < 256; other++) {
			if (other != code) {
				arguments[count++] = "-e";
				arguments[count++] = codes[other];
			}
		}
		snprintf(word, sizeof(word), "exit:%d", code);
		arguments[count++] = "--";
		arguments[count++] = "@/probe";
		arguments[count++] = word;
		arguments[count] = NULL;
		boot_start(&boot, 0, arguments);
		cr_assert(boot_end(&boot) == code, "%d", code);
	}
	boot_finish(&boot);
}

Test(instead, verbosity_tells_ends_then_signals_then_orphans)
{
	struct boot boot;
	char options[5] = "-vvv";

	for (int level = 0; level <= 3; level++) {
		options[level + 1] = '\0';
		boot_init(&boot);
		boot_start(&boot, 0,
			ARGUMENTS(level ? options : "-s", "--", "@/probe", "orphans:1", "on:USR1:5",
				"event:up", "pause"));
		boot_expect_event(&boot, "up");
		if (level == 3) {
			boot_expect_log(&boot, "berth-init: Reaped zombie process with pid=");
		}
		boot_signal(&boot, SIGUSR1);
		cr_expect(boot_end(&boot) == 5);
		cr_expect(boot_logged(&boot, "/probe runs as process 2\n") == (level >= 1), "%s",
			boot.log.text);
		cr_expect(boot_logged(&boot, "process 2 exited with code 5\n") == (level >= 1));
		cr_expect(boot_logged(&boot, "got SIGUSR1, forwarding SIGUSR1\n") == (level >= 2),
			"%s", boot.log.text);
		cr_expect(boot_logged(&boot, "Reaped zombie process ") == (level >= 3), "%s",
			boot.log.text);
		boot_finish(&boot);
		memcpy(options, "-vvv", sizeof(options));
	}
}

Test(instead, orphans_are_told_of_if_wanted)
{
	struct boot boot;

	start(&boot, "tini", 0,
		ARGUMENTS("-w", "--", "@/probe", "on:TERM:0", "orphans:1", "pause"));
	boot_expect_log(&boot, "berth-init: Reaped zombie process with pid=");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	cr_expect(!boot_logged(&boot, "runs as"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(instead, variables_of_both_are_taken)
{
	struct boot boot;

	setenv("TINI_VERBOSITY", "0", 1);
	start(&boot, NULL, BOOT_SAME_PIDS, ARGUMENTS("--", "@/probe"));
	cr_expect(boot_end(&boot) == 0);
	cr_expect_str_eq(boot.log.text, "");
	boot_finish(&boot);
	setenv("TINI_VERBOSITY", "2", 1);
	expect("tini", 0, 0, ARGUMENTS("@/probe"), ARGUMENTS("runs as process"));
	unsetenv("TINI_VERBOSITY");
	setenv("DUMB_INIT_DEBUG", "1", 1);
	expect("dumb-init", 0, 0, ARGUMENTS("@/probe"), ARGUMENTS("runs as process"));
	expect("tini", 0, 0, ARGUMENTS("@/probe"), nothing);
}

/* The command and a child of it, of which the first dies of nothing and the second of SIGTERM. */
#define FAMILY                                                                                     \
	"@/probe", "hold:TERM", "fork", "event:up", "await:TERM", "event:child", "end",            \
		"await:TERM", "wait", "exit:7"

Test(instead, dumb_init_signals_the_whole_group)
{
	struct boot boot;

	start(&boot, "dumb-init", 0, ARGUMENTS(FAMILY));
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "child"));
	boot_finish(&boot);
}

static void expect_single_child(const char *const *arguments)
{
	struct boot boot;

	start(&boot, "dumb-init", 0, arguments);
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "child"));
	boot_finish(&boot);
}

Test(instead, dumb_init_signals_the_command_alone_if_told_so)
{
	expect_single_child(ARGUMENTS("-c", "@/probe", "on:TERM:7", "fork", "hold:TERM", "event:up",
		"await:TERM", "event:child", "end", "wait"));
	setenv("DUMB_INIT_SETSID", "0", 1);
	expect_single_child(ARGUMENTS("@/probe", "on:TERM:7", "fork", "hold:TERM", "event:up",
		"await:TERM", "event:child", "end", "wait"));
}

/* As a shell's job: it stops for `signal`, which the command is told of as `told`, or as nothing
 * that it tells if that is NULL, and what continues us continues it. */
static void expect_stop(
	const char *name, const char *const *arguments, int signal, const char *told)
{
	struct boot boot;
	siginfo_t info = { 0 };
	char itself[16];

	start(&boot, name, BOOT_SAME_PIDS, arguments);
	boot_expect_event(&boot, "up");
	boot_signal(&boot, signal);
	if (told) {
		boot_expect_event(&boot, told);
	}
	cr_assert(
		waitid(P_PID, (id_t)boot.pid, &info, WSTOPPED) == 0 && info.si_code == CLD_STOPPED);
	boot_signal(&boot, SIGCONT);
	boot_expect_event(&boot, "signal 18");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	snprintf(itself, sizeof(itself), "signal %02d", signal);
	cr_expect(boot_happened(&boot, itself) == (told && strcmp(told, itself) == 0), "%s",
		boot.events.text);
	boot_finish(&boot);
}

#define STOPPED "@/probe", "tell:CONT", "on:TERM:4", "event:up", "pause"

Test(instead, stop_of_the_command_is_ours_under_a_shell)
{
	expect_stop(NULL, ARGUMENTS("-s", "--", STOPPED), SIGTSTP, NULL);
	expect_stop("dumb-init", ARGUMENTS(STOPPED), SIGTSTP, NULL);
	expect_stop("dumb-init", ARGUMENTS(STOPPED), SIGTTIN, NULL);
	expect_stop("dumb-init", ARGUMENTS(STOPPED), SIGTTOU, NULL);
}

#define TELLER                                                                                     \
	"@/probe", "tell:CONT", "tell:HUP", "tell:TSTP", "tell:TTIN", "tell:TTOU", "on:TERM:4",    \
		"event:up", "pause"

/* dumb-init's own tests: it stops itself for these signals whatever becomes of them, and the whole
 * group by one that cannot be caught. */
Test(instead, dumb_init_stops_itself_whatever_is_forwarded)
{
	static const struct {
		int signal;
		const char *told;
	} rows[] = { { SIGTSTP, "signal 20" }, { SIGTTIN, "signal 21" }, { SIGTTOU, "signal 22" } };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expect_stop("dumb-init", ARGUMENTS(TELLER), rows[i].signal, NULL);
		expect_stop("dumb-init", ARGUMENTS("-c", TELLER), rows[i].signal, rows[i].told);
	}
	expect_stop("dumb-init", ARGUMENTS("-r", "21:1", TELLER), SIGTTIN, "signal 01");
}

Test(instead, dumb_init_forwards_what_reports_faults_as_well)
{
	static const int faults[] = { SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGSYS };
	struct boot boot;
	char told[16];

	start(&boot, "dumb-init", 0,
		ARGUMENTS("@/probe", "tell:ILL", "tell:TRAP", "tell:ABRT", "tell:BUS", "tell:FPE",
			"tell:SEGV", "tell:SYS", "on:TERM:4", "event:up", "pause"));
	boot_expect_event(&boot, "up");
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		boot_signal(&boot, faults[i]);
		snprintf(told, sizeof(told), "signal %02d", faults[i]);
		boot_expect_event(&boot, told);
	}
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(instead, mask_and_dispositions_are_kept_though_all_signals_are_taken)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini", "[init]\nMain=m\n[service:m]\nExecStart=@/probe signals\n");
	for (int i = 0; i < 2; i++) {
		boot_start(&boot, BOOT_ODD_SIGNALS,
			i ? ARGUMENTS("--", "@/probe", "signals") : ARGUMENTS("-c", "@/init.ini"));
		cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
		cr_expect(boot_logged(&boot, "SigBlk:\t0000000000104008\n"), "%s", boot.log.text);
		cr_expect(boot_logged(&boot, "SigIgn:\t0000000000200402\n"), "%s", boot.log.text);
	}
	/* That we were told to ignore or block them keeps nobody from sending them on. */
	boot_start(&boot, BOOT_ODD_SIGNALS,
		ARGUMENTS("--", "@/probe", "hold:INT", "event:up", "await:INT", "await:TERM",
			"exit:6"));
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGINT);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 6);
	boot_finish(&boot);
}

static void type(const struct boot *boot, const char *keys)
{
	cr_assert(write(boot->terminal, keys, strlen(keys)) == (ssize_t)strlen(keys));
}

Test(instead, command_reads_and_writes_its_terminal)
{
	struct boot boot;

	start(&boot, "tini", BOOT_TTY, ARGUMENTS("/usr/bin/tac"));
	type(&boot, "one\ntwo\n\004");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "two\r\none\r\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* A shell that can do job control has the terminal as it likes it, and gives it back. */
Test(instead, shell_has_job_control)
{
	static const char *const names[] = { "tini", "dumb-init" };

	for (size_t i = 0; i < 2; i++) {
		struct boot boot;

		start(&boot, names[i], BOOT_TTY, ARGUMENTS("/bin/bash", "--norc", "-im"));
		type(&boot, "echo fl\"\"ags \"[$-]\"; exit 9\n");
		cr_expect(boot_end(&boot) == 9, "%s", boot.log.text);
		const char *flags = strstr(boot.log.text, "flags [");

		cr_assert(flags, "%s", boot.log.text);
		cr_expect(strcspn(flags, "m") < strcspn(flags, "]"), "%s", boot.log.text);
		cr_expect(!boot_logged(&boot, "no job control"), "%s", boot.log.text);
		boot_finish(&boot);
	}
}
