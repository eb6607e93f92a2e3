/* SPDX-License-Identifier: MIT */
/* A terminal on standard input: who has it, who gets its keys and its hang-up. */
#include <criterion/criterion.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/boot.h"

static void start(struct boot *boot, const char *text)
{
	boot_init(boot);
	boot_services_in(boot, BOOT_TTY, text);
}

static void press(const struct boot *boot, char key)
{
	cr_assert(write(boot->terminal, &key, 1) == 1);
}

enum {
	CTRL_C = 3,
	CTRL_Z = 26,
};

static void expect_foreground(const char *input)
{
	struct boot boot;
	char text[256];

	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nStandardInput=%s\nExecStart=@/probe fds tty\n",
		input);
	start(&boot, text);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "fds 0 1 2\r\n"), "%s: %s", input, boot.log.text);
	cr_expect(boot_logged(&boot, "tty stdin, controlling, foreground\r\n"), "%s: %s", input,
		boot.log.text);
	/* It writes there as well, not to the log. */
	cr_expect(!boot_logged(&boot, "m          |"), "%s: %s", input, boot.log.text);
	boot_finish(&boot);
}

Test(terminal, main_that_reads_from_it_is_the_foreground_job)
{
	expect_foreground("inherit");
	expect_foreground("tty");
	expect_foreground("tty-force");
	expect_foreground("tty\nTTYReset=yes");
}

Test(terminal, main_has_nothing_of_it_unless_asked_for)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe tty\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot,
			  "m          |\033[0m tty no stdin, not controlling, background\r\n"),
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, interrupt_reaches_the_foreground_job_once_and_nobody_else)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nStandardInput=inherit\nAfter=a\n"
		     "ExecStart=@/probe tell:INT on:USR1:7 event:up pause\n"
		     "[service:a]\nType=notify\nExecStart=@/probe on:INT:0 ready pause\n");
	boot_expect_event(&boot, "up");
	press(&boot, CTRL_C);
	boot_expect_event(&boot, "signal 02");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "up\nsignal 02\n", "%s", boot.events.text);
	cr_expect(!boot_logged(&boot, "got SIGINT"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, interrupt_without_a_foreground_job_stops_all)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe on:TERM:7 event:up pause\n");
	boot_expect_event(&boot, "up");
	press(&boot, CTRL_C);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "got SIGINT"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, interrupt_after_the_end_of_the_foreground_job_hurries_the_stop)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\nTimeoutStopSec=60\n"
		     "[service:m]\nStandardInput=inherit\nAfter=a\nExecStart=@/probe exit:6\n"
		     "[service:a]\nType=notify\nExecStart=@/probe ignore:TERM ready pause\n");
	boot_expect_log(&boot, "a: stopping");
	press(&boot, CTRL_C);
	boot_expect_log(&boot, "got SIGINT");
	press(&boot, CTRL_C);
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, hang_up_reaches_the_foreground_job_only)
{
	struct boot boot;

	start(&boot,
		"[init]\nMain=m\n"
		"[service:m]\nStandardInput=inherit\nAfter=a\nExecStart=@/probe tell:HUP hold:USR1 "
		"event:up await:USR1 exit:5\n"
		"[service:a]\nType=notify\nExecStart=@/probe tell:HUP tell:USR2 hold:TERM ready "
		"await:TERM event:stopped\n");
	boot_expect_event(&boot, "up");
	close(boot.terminal);
	boot.terminal = -1;
	boot_close_log(&boot);
	boot_expect_event(&boot, "signal 01");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143);
	cr_expect_str_eq(boot.events.text, "up\nsignal 01\nstopped\n", "%s", boot.events.text);
	boot_finish(&boot);
}

Test(terminal, stop_key_does_not_leave_a_job_that_nobody_continues)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nStandardInput=inherit\n"
		     "ExecStart=@/probe tell:CONT on:INT:4 event:up pause\n");
	boot_expect_event(&boot, "up");
	press(&boot, CTRL_Z);
	boot_expect_event(&boot, "signal 18");
	press(&boot, CTRL_C);
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, job_control_signals_do_not_stop_pid_1)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe on:TERM:7 event:up pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTTIN);
	boot_signal(&boot, SIGTTOU);
	boot_signal(&boot, SIGTSTP);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, restarted_main_has_it_again)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nStandardInput=inherit\nRestart=on-failure\n"
		     "RestartSec=0\nExecStart=@/probe fail:1:3 tty\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "tty stdin, controlling, foreground"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, command_is_not_left_stopped_either)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_TTY,
		(const char *const[]) {
			"--", "@/probe", "tell:CONT", "on:INT:4", "event:up", "pause", NULL });
	boot_expect_event(&boot, "up");
	press(&boot, CTRL_Z);
	boot_expect_event(&boot, "signal 18");
	press(&boot, CTRL_C);
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(terminal, another_one_is_given_by_path)
{
	struct boot boot;
	char text[512], path[64], line[256] = "";
	size_t length = 0;
	int master, slave;

	cr_assert(openpty(&master, &slave, path, NULL, NULL) == 0);
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nStandardInput=tty\nTTYPath=%s\nTTYReset=yes\n"
		"ExecStart=@/probe tty event:told pause\n",
		path);
	boot_init(&boot);
	boot_services(&boot, text);
	boot_expect_event(&boot, "told");
	while (!strchr(line, '\n')) {
		ssize_t n = read(master, line + length, sizeof(line) - 1 - length);

		cr_assert(n > 0);
		length += (size_t)n;
	}
	cr_expect_str_eq(line, "tty stdin, controlling, foreground\r\n", "%s", line);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);
	close(master);
	close(slave);
}

Test(terminal, path_that_is_none_is_refused_by_name)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nStandardInput=tty\nTTYPath=/dev/null\n"
			  "ExecStart=@/probe event:ran\n") == 208,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "StandardInput=/dev/null: Inappropriate ioctl"), "%s",
		boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}
