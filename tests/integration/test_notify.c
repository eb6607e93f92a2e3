/* SPDX-License-Identifier: MIT */
/* The notify socket: who may say READY=1, and what must not disturb. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

/* Main starts after `a` is ready; `words` are what a does. */
static int run(struct boot *boot, const char *keys, const char *words)
{
	char text[1024];

	boot_init(boot);
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe event:main exit:7\n"
		"[service:a]\nType=notify\n%s\nExecStart=@/probe %s\n",
		keys, words);
	return boot_run(boot, text);
}

static void expect_ready(const char *keys, const char *words)
{
	struct boot boot;

	cr_expect(run(&boot, keys, words) == 7, "%s %s:\n%s", keys, words, boot.log.text);
	boot_finish(&boot);
}

static void expect_never_ready(const char *keys, const char *words)
{
	struct boot boot;
	int code = run(&boot, keys, words);

	cr_expect(code == 75, "%s %s ended with %d:\n%s", keys, words, code, boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	boot_finish(&boot);
}

Test(notify, a_child_may_not_say_ready_unless_all_may)
{
	expect_never_ready("TimeoutStartSec=200ms", "fork ready end pause");
	expect_ready("NotifyAccess=all", "fork ready end pause");
}

Test(notify, ready_among_other_assignments)
{
	expect_ready("", "notify:STATUS=warming \"notify:STATUS=warm\\nREADY=1\" pause");
}

Test(notify, junk_is_passed_over)
{
	expect_ready("", "flood ready pause");
	expect_never_ready("TimeoutStartSec=400ms", "flood pause");
}

Test(notify, barrier_is_answered_by_closing_its_pipe)
{
	expect_ready("", "barrier ready barrier pause");
}

Test(notify, services_cannot_speak_for_each_other)
{
	struct boot boot;

	boot_init(&boot);
	/* b finds a's socket where a has told it, and a ends once what b said was dealt with. */
	int code = boot_run(&boot,
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe event:main\n"
		"[service:a]\nType=notify\n"
		"ExecStart=/bin/sh -c 'echo NOTIFY_SOCKET=$$NOTIFY_SOCKET >@/socket.env; "
		"until test -e @/said; do sleep .01; done; exit 3'\n"
		"[service:b]\nType=oneshot\n"
		"ExecStart=/bin/sh -c 'while [ ! -s @/socket.env ]; do :; done; . @/socket.env; "
		"export NOTIFY_SOCKET; exec @/probe ready barrier touch:@/said'\n");

	cr_expect(code == 69, "%d:\n%s", code, boot.log.text);
	cr_expect(boot_logged(&boot, "was refused"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	boot_finish(&boot);
}

/* The message and the end of its sender come at the same moment: what it said still counts. */
Test(notify, last_words_are_heard)
{
	for (int i = 0; i < 50; i++) {
		expect_ready("", "ready");
		expect_ready("Type=exec", "exit:0");
	}
}

Test(notify, stranger_is_refused_and_named_once)
{
	struct boot boot;

	cr_expect(run(&boot, "", "fork ready ready ready end wait ready pause") == 7, "%s",
		boot.log.text);
	const char *first = strstr(boot.log.text, "was refused, see NotifyAccess=");
	cr_assert(first, "%s", boot.log.text);
	cr_expect(!strstr(first + 1, "was refused"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(notify, control_processes_may_speak_if_exec_may)
{
	expect_ready("NotifyAccess=exec\nType=oneshot\nRemainAfterExit=yes\n"
		     "ExecStartPre=@/probe notify:STATUS=pre",
		"exit:0");
	expect_never_ready("NotifyAccess=none\nTimeoutStartSec=200ms\n"
			   "Environment=NOTIFY_SOCKET=/nowhere",
		"pause");
}

Test(notify, descriptors_to_be_stored_are_closed_and_it_is_told)
{
	struct boot boot;

	cr_expect(run(&boot, "", "fdstore fdstore ready pause") == 7, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a: FDSTORE=1 is not supported"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(notify, what_a_service_says_about_its_failure_is_told)
{
	struct boot boot;

	cr_expect(run(&boot, "",
			  "notify:ERRNO=2 notify:EXIT_STATUS=9 \"notify:STATUS=no disk\" exit:3") ==
			  69,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a: it said ERRNO=2 (No such file or directory)"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "a: it said EXIT_STATUS=9"));
	cr_expect(boot_logged(&boot, "a: it said STATUS=no disk"));
	boot_finish(&boot);
}

Test(notify, status_and_reload_are_shown)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:a]\nType=notify\nExecStart=@/probe \"notify:STATUS=serving 3\" "
		"ready barrier notify:RELOADING=1\\nMONOTONIC_USEC=1 barrier ready barrier "
		"event:done pause\n");
	boot_expect_event(&boot, "done");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "a: reloaded");
	boot_expect_log(&boot, "a: running, success");
	boot_expect_log(&boot, ", serving 3");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

/* The old one ends as soon as it has named the new one, which runs on as the main process. Its code
 * is told to its parent, so it waits until that is PID 1. */
Test(notify, main_process_may_be_handed_over)
{
	static const char text[] =
		"[init]\nMain=m\n[service:m]\nType=notify\nNotifyAccess=all\n"
		"ExecStart=@/probe hold:USR2 fork claim ready poke:USR2 orphan %s end await:USR2\n";
	char services[512];
	struct boot boot;

	boot_init(&boot);
	snprintf(services, sizeof(services), text, "event:new pause");
	boot_services(&boot, services);
	boot_expect_log(&boot, "m: its main process is ");
	boot_expect_event(&boot, "new");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);

	boot_init(&boot);
	snprintf(services, sizeof(services), text, "beat:6:50 exit:9");
	cr_expect(boot_run(&boot, services) == 9, "%s", boot.log.text);
	boot_finish(&boot);
}

/* Its parent still lives and reaps it: only a pidfd can tell. */
Test(notify, end_of_somebody_elses_child_is_seen)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nNotifyAccess=all\n"
				  "ExecStart=@/probe fork claim ready barrier exit:9 end wait "
				  "event:reaped pause\n") == 0,
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(notify, main_process_of_another_service_is_refused)
{
	struct boot boot;

	cr_expect(run(&boot, "", "notify:MAINPID=1 notify:MAINPID=99999 ready pause") == 7, "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "a: MAINPID=1 is refused: "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a: MAINPID=99999 is refused: "), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Root may name a process that belongs to nobody, but none of another service. */
Test(notify, user_cannot_name_a_process_of_another_service)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot,
			"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
			"ExecStart=@/probe exit:7\n"
			"[service:b]\nExecStart=/bin/sh -c 'echo $$$$ >@/b; exec @/probe pause'\n"
			"[service:a]\nType=notify\nUser=nobody\nExecStart=/bin/sh -c 'while [ ! -s "
			"@/b ]; do :; done; exec @/probe notify:MAINPID=`cat @/b` ready "
			"pause'\n") == 7,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "is refused: that is a process of another service"), "%s",
		boot.log.text);
	boot_finish(&boot);
}

Test(notify, what_says_stopping_is_stopping)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nTimeoutStopSec=200ms\n"
				  "ExecStart=@/probe ready notify:STOPPING=1 pause\n") == 137,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "does not stop, sending SIGKILL"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Type=notify that ends before it is ready has failed, whatever its code. */
Test(notify, end_before_ready_is_a_failure)
{
	struct boot boot;

	cr_expect(run(&boot, "", "exit:0") == 69, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a: failed (protocol)"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	boot_finish(&boot);
}
