/* SPDX-License-Identifier: MIT */
/* ReadyWhen=: others start when it holds, and nothing stalls while it does not. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "tests/integration/boot.h"

/* Main starts after `a` is ready; `keys` and `words` are those of a. */
static void start(struct boot *boot, const char *keys, const char *words)
{
	char text[1024];

	boot_init(boot);
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe event:main exit:7\n"
		"[service:a]\n%s\nExecStart=@/probe %s\n",
		keys, words);
	boot_services_in(boot, BOOT_NETWORK, text);
}

/* Main is not started before a has told "now". */
static void expect_ready(const char *keys, const char *words)
{
	struct boot boot;

	start(&boot, keys, words);
	boot_expect_event(&boot, "now");
	boot_expect_event(&boot, "main");
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	boot_finish(&boot);
}

static void expect_failure(int code, const char *keys, const char *words, const char *said)
{
	struct boot boot;

	start(&boot, keys, words);
	int ended = boot_end(&boot);
	cr_expect(ended == code, "%s: %d:\n%s", keys, ended, boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	cr_expect(boot_logged(&boot, said), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(ready, tcp_waits_for_the_port)
{
	expect_ready("ReadyWhen=tcp:127.0.0.1:80", "after:100 event:now listen:80 pause");
	expect_ready("ReadyWhen=tcp:localhost:80", "event:now listen:80 pause");
}

/* Accepted only to be reset is not ready. On a busy machine it must be reset in time, too. */
#define AT_ONCE "\nCPUSchedulingPolicy=fifo\nCPUSchedulingPriority=1"

Test(ready, tcp_that_is_reset_is_asked_again)
{
	expect_ready(
		"ReadyWhen=tcp:127.0.0.1:80" AT_ONCE, "listen:80 reset:3 event:now accept pause");
	expect_failure(75, "ReadyWhen=tcp:127.0.0.1:80\nTimeoutStartSec=300ms" AT_ONCE,
		"listen:80 reset:1000000", "was not ready: tcp:127.0.0.1:80: ");
}

Test(ready, refused_port_is_told)
{
	expect_failure(75, "ReadyWhen=tcp:127.0.0.1:80\nTimeoutStartSec=200ms", "pause",
		"a: was not ready: tcp:127.0.0.1:80: Connection refused");
}

/* It is another one that holds the port, so that it is full before PID 1 comes. */
#define HOLE "event:up pause\n[service:hole]\nType=notify\nExecStart=@/probe hole:80 ready pause"

/* Connections to it hang, PID 1 does not. */
Test(ready, black_hole_stalls_nobody)
{
	struct boot boot;

	start(&boot, "ReadyWhen=tcp:127.0.0.1:80\nAfter=hole", HOLE);
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "a: start, success");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);
	expect_failure(75, "ReadyWhen=tcp:127.0.0.1:80\nTimeoutStartSec=2\nAfter=hole", HOLE,
		"a: was not ready: tcp:127.0.0.1:80: ");
}

Test(ready, http_wants_a_good_status)
{
	expect_ready("ReadyWhen=http://127.0.0.1:80/x",
		"listen:80 answer:503 answer:404 reset:1 event:now answer:200 pause");
	expect_failure(75, "ReadyWhen=http://127.0.0.1:80/\nTimeoutStartSec=500ms",
		"listen:80 answer:503 answer:503 pause",
		"a: was not ready: http://127.0.0.1:80/: ");
}

Test(ready, path_waits_until_it_is_there)
{
	expect_ready("ReadyWhen=path:@/there", "after:50 event:now touch:@/there pause");
}

Test(ready, log_waits_for_a_line)
{
	expect_ready("ReadyWhen=log:^listening on [0-9]+$",
		"\"say:listening on port\" event:before after:50 event:now "
		"\"say:listening on 80\" event:said pause");
	expect_failure(75, "ReadyWhen=log:^up$\nTimeoutStartSec=200ms", "\"say:up not\" pause",
		"a: was not ready: log:^up$");
}

Test(ready, descriptor_waits_for_a_newline)
{
	expect_ready("ReadyWhen=fd:7\nType=exec", "after:50 event:now newline:7 pause");
	expect_ready("ReadyWhen=fd:3\nType=exec", "event:now newline:3 pause");
	for (int fd = 4; fd < 20; fd++) {
		char keys[64];
		char words[64];

		snprintf(keys, sizeof(keys), "ReadyWhen=fd:%d\nType=exec", fd);
		snprintf(words, sizeof(words), "event:now newline:%d pause", fd);
		expect_ready(keys, words);
	}
}

Test(ready, command_is_run_until_it_succeeds)
{
	expect_ready("ReadyWhen=exec:/bin/sh -c 'test -e @/there'",
		"after:50 event:now touch:@/there pause");
	expect_failure(75, "ReadyWhen=exec:/bin/sh -c 'exit 5'\nTimeoutStartSec=5", "pause",
		"a: was not ready: exec:/bin/sh -c 'exit 5': the command ended with 5");
}

Test(ready, command_has_the_services_user)
{
	struct boot boot;

	start(&boot, "User=nobody\nReadyWhen=exec:/bin/sh -c '[ $$(id -u) = 65534 ]'", "pause");
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(ready, command_that_hangs_ends_with_the_start)
{
	expect_failure(75,
		"ReadyWhen=exec:/bin/sh -c 'trap \"\" TERM; sleep 1000; :'\n"
		"TimeoutStartSec=200ms",
		"pause", "a: failed (timeout)");
}

Test(ready, notify_wants_both)
{
	expect_ready("Type=notify\nReadyWhen=path:@/there",
		"ready barrier after:50 event:now touch:@/there pause");
	expect_ready("Type=notify\nReadyWhen=path:@/there",
		"touch:@/there after:50 event:now ready pause");
}

Test(ready, forking_wants_both)
{
	expect_ready("Type=forking\nReadyWhen=path:@/there",
		"fork after:50 event:now touch:@/there pause end exit:0");
}

Test(ready, end_before_it_holds_is_a_failed_start)
{
	expect_failure(
		69, "ReadyWhen=tcp:127.0.0.1:80", "exit:0", "a: was not ready: tcp:127.0.0.1:80");
	expect_failure(69, "ReadyWhen=log:x", "exit:3", "a: failed (exit-code)");
}

Test(ready, stop_ends_the_wait_at_once)
{
	static const char *const keys[] = {
		"ReadyWhen=tcp:127.0.0.1:80",
		"ReadyWhen=path:/nowhere",
		"ReadyWhen=log:never",
		"ReadyWhen=fd:3",
		"ReadyWhen=exec:/bin/sleep 1000",
	};

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		struct boot boot;

		start(&boot, keys[i], "event:up pause");
		boot_expect_event(&boot, "up");
		boot_signal(&boot, SIGTERM);
		cr_expect(boot_end(&boot) == 143, "%s:\n%s", keys[i], boot.log.text);
		/* None waits for TimeoutStartSec= or TimeoutStopSec=, which are 90 s. */
		cr_expect(boot_elapsed_ms(&boot) < 30000, "%s", keys[i]);
		boot_finish(&boot);
	}
}

Test(ready, what_cannot_be_is_refused_before_anything_starts)
{
	expect_failure(78, "ReadyWhen=tcp:db.example:80", "pause", "expected a numeric address");
	expect_failure(78, "Type=oneshot\nReadyWhen=fd:3", "exit:0", "ReadyWhen= has no meaning");
	expect_failure(
		78, "StandardOutput=null\nReadyWhen=log:x", "pause", "does not write to the log");
}
