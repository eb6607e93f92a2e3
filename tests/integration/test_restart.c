/* SPDX-License-Identifier: MIT */
/* What dies is started again, as Restart= says, until the limit. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

static int count_events(const struct boot *boot, const char *line)
{
	int count = 0;

	for (const char *at = boot->events.text; at && (at = strstr(at, line)); at++) {
		count++;
	}
	return count;
}

static void expect_runs(const char *keys, int runs)
{
	struct boot boot;
	char text[1024];

	snprintf(text, sizeof(text), "[service:a]\nRestartSec=1ms\n%s\n", keys);
	boot_init(&boot);
	boot_services(&boot, text);
	boot_expect_event(&boot, "last");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(count_events(&boot, "run\n") == runs, "%s\n%s", boot.events.text, boot.log.text);
	boot_finish(&boot);
}

Test(restart, after_kill_9_on_failure)
{
	expect_runs(
		"Restart=on-failure\nExecStart=@/probe event:run crash:1:9 event:last pause", 2);
}

Test(restart, after_an_exit_code_on_failure)
{
	expect_runs("Restart=on-failure\nExecStart=@/probe event:run fail:3:1 event:last pause", 4);
}

Test(restart, after_success_only_always)
{
	expect_runs("Restart=always\nExecStart=@/probe event:run fail:2:0 event:last pause", 3);
}

Test(restart, of_a_notify_service_that_dies_before_ready)
{
	expect_runs("Type=notify\nRestart=on-failure\n"
		    "ExecStart=@/probe event:run fail:2:1 ready event:last pause",
		3);
}

/* Whether it is restarted is decided as it ends. */
Test(restart, not_after_success_on_failure)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:a]\nRestart=on-failure\nRestartSec=0\nExecStart=@/probe event:run "
		"exit:0\n"
		"[service:b]\nExecStart=@/probe pause\n");
	boot_expect_log(&boot, "a: finished\n");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "a: restart"), "%s", boot.log.text);
	cr_expect(count_events(&boot, "run\n") == 1, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(restart, until_the_start_limit)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nRestart=always\nRestartSec=1ms\nStartLimitBurst=4\n"
			     "StartLimitIntervalSec=1h\nExecStart=@/probe event:run exit:1\n"
			     "[service:b]\nExecStart=@/probe on:TERM:0 pause\n");
	for (int i = 0; i < 4; i++) {
		boot_expect_event(&boot, "run");
	}
	boot_expect_log(&boot, "start-limit-hit");
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	cr_expect(count_events(&boot, "run\n") == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(restart, of_main_that_runs_into_its_limit_ends_with_its_code)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot, "[init]\nMain=m\n[service:m]\nRestart=on-failure\nRestartSec=1ms\n"
				"StartLimitBurst=3\nStartLimitIntervalSec=1h\n"
				"ExecStart=@/probe event:run exit:21\n") == 21,
		"%s", boot.log.text);
	cr_expect(count_events(&boot, "run\n") == 3);
	boot_finish(&boot);
}

Test(restart, never_while_stopping)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nRestart=always\nRestartSec=0\n"
			     "ExecStart=@/probe event:run on:TERM:1 event:last pause\n");
	boot_expect_event(&boot, "last");
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	cr_expect(count_events(&boot, "run\n") == 1, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(restart, back_off_is_left_at_once_by_a_stop)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:a]\nRestart=always\nRestartSec=1h\nExecStart=@/probe event:run exit:1\n");
	boot_expect_event(&boot, "run");
	boot_expect_log(&boot, "restart");
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	boot_finish(&boot);
}

Test(restart, back_off_grows_to_its_limit)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nRestart=always\nRestartSec=50ms\nRestartSteps=2\n"
			     "RestartMaxDelaySec=5s\nStartLimitBurst=0\n"
			     "ExecStart=@/probe event:run fail:3:1 event:last pause\n");
	boot_expect_log(&boot, "restart in 50 ms");
	boot_expect_log(&boot, "restart in 500 ms");
	boot_expect_log(&boot, "restart in 5000 ms");
	boot_expect_event(&boot, "last");
	cr_expect(boot_elapsed_ms(&boot) >= 5550);
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	boot_finish(&boot);
}

Test(restart, is_forced_or_prevented_by_the_exit_status)
{
	struct boot boot;

	expect_runs(
		"RestartForceExitStatus=4\nExecStart=@/probe event:run fail:2:4 event:last pause",
		3);
	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nRestart=always\nRestartSec=0\n"
				  "RestartPreventExitStatus=9 SIGABRT\n"
				  "ExecStart=@/probe event:run fail:1:8 exit:9\n") == 9,
		"%s", boot.log.text);
	cr_expect(count_events(&boot, "run\n") == 2, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(restart, back_off_is_short_again_after_a_run_that_outlasts_it)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nRestart=always\nRestartSec=10ms\nRestartSteps=3\n"
			     "RestartMaxDelaySec=5120ms\nStartLimitBurst=0\n"
			     "ExecStart=/bin/sh -c \"@/probe fail:2:1 && sleep 5.5; exit 1\"\n");
	boot_expect_log(&boot, "restart in 10 ms");
	boot_expect_log(&boot, "restart in 80 ms");
	boot_expect_log(&boot, "restart in 10 ms");
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	boot_finish(&boot);
}
