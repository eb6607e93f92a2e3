/* SPDX-License-Identifier: MIT */
/* Start by readiness, stop reversed, and what the failure of one service means to others. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>

#include "tests/integration/boot.h"

/* Events in this order, with nothing between them. */
static void expect_events(const struct boot *boot, const char *events)
{
	cr_expect_str_eq(boot->events.text, events, "events:\n%s-- log:\n%s", boot->events.text,
		boot->log.text);
}

Test(order, chain_starts_by_readiness_and_stops_reversed)
{
	struct boot boot;

	boot_init(&boot);
	/* In the file the other way round, so that it is not the file's order. */
	boot_services(&boot, "[service:c]\nAfter=b\nRequires=b\nExecStart=@/probe name:c on:TERM:0 "
			     "event:c pause\n"
			     "[service:b]\nAfter=a\nRequires=a\nType=notify\n"
			     "ExecStart=@/probe name:b on:TERM:0 event:b ready pause\n"
			     "[service:a]\nType=notify\nExecStart=@/probe name:a on:TERM:0 event:a "
			     "ready pause\n");
	boot_expect_event(&boot, "c");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	expect_events(&boot, "a\nb\nc\nc stopped\nb stopped\na stopped\n");
	boot_finish(&boot);
}

Test(order, nothing_is_started_before_ready)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:b]\nAfter=a\nWants=a\nExecStart=@/probe event:b pause\n"
		"[service:a]\nType=notify\n"
		"ExecStart=@/probe on:TERM:0 event:a tell:USR1 notify:STATUS=warming pause\n"
		"[service:other]\nExecStart=@/probe event:other pause\n");
	boot_expect_event(&boot, "a");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "b"));
	boot_finish(&boot);
}

Test(order, before_is_after_of_the_other)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:b]\nExecStart=@/probe event:b pause\n"
			     "[service:a]\nBefore=b\nType=oneshot\nExecStart=@/probe event:a1\n"
			     "ExecStart=@/probe event:a2\n");
	boot_expect_event(&boot, "b");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	expect_events(&boot, "a1\na2\nb\n");
	boot_finish(&boot);
}

static void expect_main_not_started(const char *keys, int code)
{
	struct boot boot;
	char text[1024];

	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe event:main\n[service:a]\n%s\n",
		keys);
	boot_init(&boot);
	int got = boot_run(&boot, text);

	cr_expect(got == code, "%d instead of %d:\n%s", got, code, boot.log.text);
	cr_expect(!boot_happened(&boot, "main"));
	boot_finish(&boot);
}

Test(order, required_service_that_fails_keeps_main_from_starting)
{
	expect_main_not_started("Type=oneshot\nExecStart=@/probe exit:1", 69);
	expect_main_not_started("Type=notify\nExecStart=@/probe exit:1", 69);
	expect_main_not_started("ExecStart=/no/such/program\nType=exec", 69);
	expect_main_not_started("Type=oneshot\nExecStartPre=/bin/false\nExecStart=/bin/true", 69);
}

Test(order, end_before_ready_is_a_failure_even_with_0)
{
	expect_main_not_started("Type=notify\nExecStart=@/probe exit:0", 69);
}

Test(order, start_timeout_is_75)
{
	expect_main_not_started(
		"Type=notify\nTimeoutStartSec=100ms\nExecStart=@/probe on:TERM:0 pause", 75);
}

Test(order, start_timeout_counts_from_the_own_start)
{
	struct boot boot;

	boot_init(&boot);
	/* a needs longer than b may take. */
	boot_services(&boot, "[service:b]\nAfter=a\nRequires=a\nType=notify\nTimeoutStartSec=5s\n"
			     "ExecStart=@/probe event:b ready pause\n"
			     "[service:a]\nType=oneshot\nExecStart=/bin/sleep 5.5\n");
	boot_expect_event(&boot, "b");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(order, wanted_service_that_fails_keeps_nothing)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a b\nWants=a b\n"
				"ExecStart=@/probe event:main exit:7\n"
				"[service:a]\nType=oneshot\nExecStart=@/probe event:a exit:1\n"
				"[service:b]\nType=notify\nExecStart=@/probe exit:1\n") == 7,
		"%s", boot.log.text);
	expect_events(&boot, "a\nmain\n");
	boot_finish(&boot);
}

Test(order, commands_before_and_after_run_in_their_order)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot,
			"[init]\nMain=m\n[service:m]\nType=oneshot\n"
			"ExecStartPre=@/probe event:pre1\nExecStartPre=-@/probe event:pre2 exit:1\n"
			"ExecStart=@/probe event:start\nExecStartPost=@/probe event:post\n"
			"ExecStopPost=@/probe event:stop-post\n") == 0,
		"%s", boot.log.text);
	expect_events(&boot, "pre1\npre2\nstart\npost\nstop-post\n");
	boot_finish(&boot);
}

Test(order, end_of_main_stops_the_others)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nWants=a\n"
				  "ExecStart=@/probe event:main exit:9\n"
				  "[service:a]\nType=notify\n"
				  "ExecStart=@/probe name:a on:TERM:0 event:a ready pause\n") == 9,
		"%s", boot.log.text);
	expect_events(&boot, "a\nmain\na stopped\n");
	boot_finish(&boot);
}

Test(order, condition_that_does_not_hold_skips_the_service_only)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
				  "ExecStart=@/probe event:main\n"
				  "[service:a]\nConditionEnvironment=NO_SUCH_VARIABLE=1\n"
				  "ExecStart=@/probe event:a pause\n") == 0,
		"%s", boot.log.text);
	expect_events(&boot, "main\n");
	boot_finish(&boot);
}

Test(order, exec_condition_skips_and_is_no_failure)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n"
				  "[service:m]\nAfter=a\nRequires=a\n"
				  "ExecCondition=@/probe event:asked exit:0\n"
				  "ExecStart=@/probe event:main exit:7\n"
				  "[service:a]\nExecCondition=@/probe exit:1\n"
				  "ExecStart=@/probe event:never\n") == 7,
		"%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "never"));
	cr_expect(boot_happened(&boot, "asked"));
	cr_expect(boot_logged(&boot, "a: skipped, its ExecCondition= is not met"));
	boot_finish(&boot);
	expect_main_not_started("ExecCondition=@/probe exit:255\nExecStart=@/probe exit:0", 69);
	expect_main_not_started("ExecCondition=@/probe die:KILL\nExecStart=@/probe exit:0", 69);
}

Test(order, runtime_max_ends_a_run)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nRuntimeMaxSec=200ms\n"
				  "ExecStart=@/probe on:TERM:5 ready pause\n") == 5,
		"%s", boot.log.text);
	cr_expect(boot_elapsed_ms(&boot) >= 200);
	cr_expect(boot_logged(&boot, "m: failed (timeout)"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(order, what_is_bound_stops_with_what_it_is_bound_to)
{
	struct boot boot;

	boot_init(&boot);
	/* c answers to the stop that b asks for, which asks because a has ended. */
	cr_expect(boot_run(&boot, "[init]\nMain=c\n"
				  "[service:a]\nExecStartPre=/bin/mkfifo @/gate\n"
				  "ExecStart=/bin/sh -c \"read x < @/gate\"\n"
				  "[service:b]\nType=notify\nAfter=a\nBindsTo=a\n"
				  "ExecStart=@/probe name:b on:TERM:0 ready pause\n"
				  "[service:c]\nType=notify\nAfter=b\nRequires=b\n"
				  "ExecStart=@/probe name:c on:TERM:4 ready pause\n"
				  "[service:k]\nType=oneshot\nAfter=c\n"
				  "ExecStart=/bin/sh -c \"echo x > @/gate\"\n") == 4,
		"%s", boot.log.text);
	expect_events(&boot, "c stopped\nb stopped\n");
	cr_expect(boot_logged(&boot, "c: stops because b does"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(order, what_requires_a_service_is_restarted_along_with_it)
{
	struct boot boot;

	boot_init(&boot);
	/* m lets a fail, is stopped when a is restarted, and ends with 5 in its second life. */
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n"
			  "[service:a]\nType=notify\nNotifyAccess=all\nRestart=on-failure\n"
			  "RestartSec=10ms\nExecStartPre=/bin/sh -c \"mkfifo @/gate || true\"\n"
			  "ExecStart=/bin/sh -c \"@/probe event:a ready; read x < @/gate; "
			  "exit 1\"\n"
			  "[service:m]\nAfter=a\nRequires=a\n"
			  "ExecStartPre=@/probe event:m\n"
			  "ExecStart=/bin/sh -c \"[ ! -e @/again ] || exit 5; : > @/again; "
			  "echo x > @/gate; exec @/probe on:TERM:0 pause\"\n") == 5,
		"%s", boot.log.text);
	expect_events(&boot, "a\nm\na\nm\n");
	cr_expect(boot_logged(&boot, "m: restarts because a does"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(order, a_condition_skips_and_an_assertion_fails)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n"
				  "[service:m]\nAfter=a\nRequires=a\nAssertPathExistsGlob=@/no*\n"
				  "AssertPathIsDirectory=@\nExecStart=@/probe event:never\n"
				  "[service:a]\nConditionFileIsExecutable=!@/probe\n"
				  "ExecStart=@/probe event:never\n") == 69,
		"%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "never"));
	cr_expect(
		boot_logged(&boot, "a: skipped: ConditionFileIsExecutable=!"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m: not started: AssertPathExistsGlob="), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(order, a_cycle_is_named_by_its_path_and_a_soft_one_is_none)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[service:a]\nAfter=c\nExecStart=@/probe event:a\n"
			  "[service:b]\nAfter=a\nExecStart=@/probe event:b\n"
			  "[service:c]\nRequires=b\nAfter=b\nExecStart=@/probe event:c\n") == 78,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a after c after b after a") ||
			  boot_logged(&boot, "b after a after c after b") ||
			  boot_logged(&boot, "c after b after a after c"),
		"%s", boot.log.text);
	boot_finish(&boot);

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[service:a]\nRequires=b\nExecStart=@/probe exit:0\n"
				  "[service:b]\nBindsTo=a\nAfter=a\nPartOf=a\n"
				  "ExecStart=@/probe exit:0\n") == 0,
		"%s", boot.log.text);
	boot_finish(&boot);
}
