/* SPDX-License-Identifier: MIT */
/* The notify socket: who may say READY=1, and what must not disturb. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

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
	expect_never_ready("TimeoutStartSec=200ms", "flood pause");
}

Test(notify, barrier_is_answered_by_closing_its_pipe)
{
	expect_ready("", "barrier ready barrier pause");
}

Test(notify, services_cannot_speak_for_each_other)
{
	struct boot boot;

	boot_init(&boot);
	/* b finds a's socket where a has told it. */
	int code = boot_run(&boot,
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe event:main\n"
		"[service:a]\nType=notify\nTimeoutStartSec=500ms\n"
		"ExecStart=/bin/sh -c 'echo NOTIFY_SOCKET=$$NOTIFY_SOCKET >@/socket.env; exec "
		"@/probe "
		"event:a pause'\n"
		"[service:b]\nType=oneshot\n"
		"ExecStart=/bin/sh -c 'while [ ! -s @/socket.env ]; do :; done; . @/socket.env; "
		"export NOTIFY_SOCKET; exec @/probe ready event:b'\n");

	cr_expect(code == 75, "%d:\n%s", code, boot.log.text);
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
