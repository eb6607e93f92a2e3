/* SPDX-License-Identifier: MIT */
/* Type=forking: daemons that fork themselves away, and the files in which they say who they are. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

/* A daemon that does what `words` say, named in the file @/pid before its parent ends. */
#define DAEMON(words)                                                                              \
	"Type=forking\nPIDFile=@/pid\nExecStart=:/bin/sh -c \"setsid @/probe " words               \
	" & echo $! > @/pid\"\n"

static int run(struct boot *boot, const char *text)
{
	boot_init(boot);
	return boot_run(boot, text);
}

/* The daemon ends once it is started in full: what ends before nobody can tell from a stranger. */
static void expect_death(const char *deed, int code)
{
	struct boot boot;
	char text[512];

	boot_init(&boot);
	snprintf(text, sizeof(text),
		"[init]\nMain=d\n[service:d]\nType=forking\nPIDFile=@/pid\n"
		"ExecStartPre=/bin/mkfifo @/gate\n"
		"ExecStart=:/bin/sh -c \"(read x < @/gate; exit 7) & echo $! > @/pid\"\n"
		"[service:k]\nType=oneshot\nAfter=d\nExecStart=:/bin/sh -c \"%s\"\n",
		deed);
	cr_expect(boot_run(&boot, text) == code, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, the_death_of_the_daemon_is_seen_with_its_code)
{
	expect_death("echo x > @/gate", 7);
	expect_death("kill -KILL `cat @/pid`", 137);
}

Test(forking, dependants_wait_for_the_parent_and_the_daemon_is_stopped_last)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:d]\n" DAEMON("pause") "ExecStartPost=/bin/test -s @/pid\n"
						"[service:n]\nAfter=d\nRequires=d\nExecStart=@/"
						"probe name:n on:TERM:0 "
						"event:n pause\n");
	boot_expect_event(&boot, "n");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	const char *first = strstr(boot.log.text, "n: stopped");
	cr_expect(first && strstr(first, "d: stopping"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, the_pid_file_is_removed_and_a_dead_daemon_restarted)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:d]\nRestart=on-failure\nRestartSec=1ms\n"
			     "ExecStartPre=/bin/sh -c \"test ! -e @/pid\"\n" DAEMON(
				     "event:run crash:2:9 event:last pause"));
	boot_expect_event(&boot, "last");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

static void expect_guess(const char *others)
{
	struct boot boot;
	char text[2560];

	snprintf(text, sizeof(text),
		"[service:d]\nType=forking\n"
		"ExecStart=@/probe fork setsid fork name:d on:TERM:0 event:up pause end end "
		"wait\n%s",
		others);
	boot_init(&boot);
	boot_services(&boot, text);
	boot_expect_event(&boot, "up");
	boot_expect_log(&boot, "d: its main process is");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "d stopped"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* So many services have no cgroups (init/box.c). */
Test(forking, the_one_process_that_is_left_is_the_main_process)
{
	char others[2048];
	size_t length = 0;

	expect_guess("");
	for (int i = 0; i < 40; i++) {
		length += (size_t)snprintf(others + length, sizeof(others) - length,
			"[service:s%d]\nExecStart=/bin/sleep inf\n", i);
	}
	expect_guess(others);
}

Test(forking, several_that_are_left_run_without_a_main_process_until_the_last_ends)
{
	struct boot boot;

	cr_expect(run(&boot, "[service:d]\nType=forking\n"
			     "ExecStartPre=/bin/mkfifo @/one @/two\n"
			     "ExecStart=:/bin/sh -c \"read x < @/one & read x < @/two & exit 0\"\n"
			     "[service:k]\nType=oneshot\nAfter=d\n"
			     "ExecStart=/bin/sh -c \"echo x > @/one; echo x > @/two\"\n") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "d: its main process cannot be guessed: it left several"),
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "d: finished"), "%s", boot.log.text);
	boot_finish(&boot);
}

static void expect_waits(const char *pid_file, const char *message)
{
	struct boot boot;
	char text[512];

	boot_init(&boot);
	if (pid_file) {
		boot_write(&boot, "pid", pid_file);
	}
	snprintf(text, sizeof(text),
		"[init]\nMain=d\n[service:d]\nType=forking\nPIDFile=@/pid\n"
		"ExecStart=@/probe fork on:TERM:0 event:up pause end\n"
		"[service:other]\nBefore=d\nExecStart=@/probe on:TERM:0 pause\n");
	boot_services(&boot, text);
	boot_expect_log(&boot, message);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, a_pid_file_that_tells_nothing_true_is_waited_for_in_vain)
{
	expect_waits(NULL, "pid: it is not there yet, waiting for it");
	expect_waits("", "pid: its first line is empty");
	expect_waits("garbage\n", "pid: its first line is no number of a process");
	expect_waits("4000000\n", "pid names process 4000000: there is no such process");
	expect_waits("1\n", "pid names process 1: that cannot be a main process");
}

Test(forking, a_pid_file_is_waited_for_as_long_as_a_start_may_take)
{
	struct boot boot;

	cr_expect(
		run(&boot, "[init]\nMain=d\n[service:d]\nType=forking\nPIDFile=@/pid\n"
			   "TimeoutStartSec=300ms\nExecStart=@/probe fork on:TERM:0 pause end\n") ==
			75,
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, a_pid_file_that_names_another_service_is_refused)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[init]\nMain=d\n[service:d]\nAfter=other\n"
		"Type=forking\nPIDFile=@/pid\n"
		"ExecStart=@/probe fork on:TERM:0 pause end\n"
		"[service:other]\nType=notify\n"
		"ExecStart=:/bin/sh -c \"echo $$ > @/pid; exec @/probe on:TERM:0 ready "
		"pause\"\n");
	boot_expect_log(&boot, "that is a process of another service");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, a_pid_file_that_comes_late_is_taken)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "pid", "4000000\n");
	boot_services(&boot,
		"[service:d]\nType=forking\nPIDFile=@/pid\n"
		"ExecStartPre=/bin/mkfifo @/gate\n"
		"ExecStart=:/bin/sh -c \"(read x < @/gate; sh -c 'echo $PPID > @/pid'; exec "
		"@/probe "
		"pause) & exit 0\"\n"
		"[service:k]\nAfter=d\nExecStart=@/probe pause\n"
		"[service:go]\nExecStart=/bin/sh -c \"until test -p @/gate; do sleep 0.01; done; "
		"echo x > @/gate\"\nType=oneshot\n");
	boot_expect_log(&boot, "k: started");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(forking, nobody_left_to_write_the_pid_file_fails_at_once)
{
	struct boot boot;

	cr_expect(run(&boot, "[init]\nMain=d\n[service:d]\nType=forking\nPIDFile=@/pid\n"
			     "ExecStart=/bin/true\n") == 69,
		"%s", boot.log.text);
	boot_finish(&boot);
}

/* The file comes while the parent of the next attempt runs, and only its end tells. */
Test(forking, a_start_that_failed_no_longer_waits_for_the_pid_file)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=d\n[service:d]\nType=forking\nPIDFile=@/pid\n"
			     "Restart=on-failure\nRestartSec=1ms\nStartLimitBurst=2\n"
			     "StartLimitIntervalSec=1h\n"
			     "ExecStart=:/bin/sh -c \"test -e @/again || { > @/again; exit 0; }; "
			     "@/probe pause & echo $! > @/pid; @/probe event:written; "
			     "until test -e @/go; do sleep .01; done; exit 3\"\n");
	boot_expect_event(&boot, "written");
	/* It has looked at the file by then, if it looks at all. */
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "d: start, ");
	boot_write(&boot, "go", "");
	cr_expect(boot_end(&boot) == 69, "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "its main process is"), "%s", boot.log.text);
	boot_finish(&boot);
}
