/* SPDX-License-Identifier: MIT */
/* WatchdogSec= and the deadlines that a service may move. */
#include <criterion/criterion.h>
#include <signal.h>

#include "tests/integration/boot.h"

Test(watchdog, silence_ends_with_sigabrt_and_says_why)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nWatchdogSec=200ms\n"
				  "LimitCORE=0\nExecStart=@/probe ready pause\n") == 128 + SIGABRT,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m: its watchdog was missed, stopping with SIGABRT"));
	cr_expect(boot_logged(&boot, "failed (watchdog)"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, signs_of_life_keep_it_running)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nWatchdogSec=400ms\n"
				  "ExecStart=@/probe ready beat:8:100 exit:7\n") == 7,
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, environment_tells_span_and_pid)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nWatchdogSec=1min\n"
			  "ExecStart=/bin/sh -c '[ $$WATCHDOG_USEC = 60000000 ] && "
			  "[ $$WATCHDOG_PID = $$$$ ] && [ -n \"$$NOTIFY_SOCKET\" ] && exit 7'\n") ==
			  7,
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, restart_on_watchdog_brings_it_back)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:m]\nType=notify\nWatchdogSec=100ms\nRestart=on-watchdog\n"
			     "RestartSec=0\nLimitCORE=0\nExecStart=@/probe event:up ready pause\n");
	boot_expect_event(&boot, "up");
	boot_expect_event(&boot, "up");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	boot_finish(&boot);
}

Test(watchdog, service_asks_for_it_with_trigger)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nLimitCORE=0\n"
				  "WatchdogSignal=SIGUSR1\n"
				  "ExecStart=@/probe ready notify:WATCHDOG=trigger pause\n") ==
			  128 + SIGUSR1,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "failed (watchdog)"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, start_may_ask_for_more_time)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
			  "ExecStart=@/probe exit:7\n"
			  "[service:a]\nType=notify\nTimeoutStartSec=300ms\n"
			  "ExecStart=@/probe notify:EXTEND_TIMEOUT_USEC=20000000 beat:8:100 ready "
			  "pause\n") == 7,
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, service_may_set_its_own_span)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=notify\nWatchdogSec=1h\n"
			  "WatchdogSignal=SIGKILL\n"
			  "ExecStart=@/probe ready notify:WATCHDOG_USEC=200000 pause\n") == 137,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "failed (watchdog)"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, stop_may_ask_for_more_time)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\nTimeoutStopSec=15\n[service:m]\nType="
			     "notify\nTimeoutStopSec=500ms\n"
			     "ExecStart=@/probe hold:TERM ready event:up await:TERM "
			     "notify:EXTEND_TIMEOUT_USEC=10000000 after:1200 exit:5\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	boot_finish(&boot);
}
