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
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nWatchdogSec=6s\n"
				  "ExecStart=@/probe ready beat:7:1000 exit:7\n") == 7,
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
			     "RestartSec=0\nStartLimitIntervalSec=0\nLimitCORE=0\nExecStart=@/"
			     "probe event:up ready pause\n");
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
			  "[service:a]\nType=notify\nTimeoutStartSec=5s\n"
			  "ExecStart=@/probe notify:EXTEND_TIMEOUT_USEC=60000000 after:5500 ready "
			  "pause\n") == 7,
		"%s", boot.log.text);
	boot_finish(&boot);
}

/* PID 1 has no processor while it ends, and sees both the end and the deadline behind it at once.
 */
Test(watchdog, what_ended_in_time_counts_even_if_seen_late)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[init]\nMain=m\n[service:m]\nType=oneshot\nTimeoutStartSec=5s\n"
		"ExecStart=/bin/sh -c 'echo $$$$ >@/m; until test -e @/go; do sleep .01; done; "
		"exit 7'\n"
		"[service:late]\nType=oneshot\nExecStart=/bin/sh -c '@/probe event:up; "
		"until grep -q ^State:.Z /proc/$$(cat @/m)/status; do sleep .01; done; "
		"@/probe after:5000 event:late'\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGSTOP);
	boot_write(&boot, "go", "");
	boot_expect_event(&boot, "late");
	boot_signal(&boot, SIGCONT);
	cr_expect(boot_end(&boot) == 7, "%s", boot.log.text);
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
	boot_services(&boot, "[init]\nMain=m\nTimeoutStopSec=60\n[service:m]\nType="
			     "notify\nTimeoutStopSec=5s\n"
			     "ExecStart=@/probe hold:TERM ready event:up await:TERM "
			     "notify:EXTEND_TIMEOUT_USEC=40000000 after:5500 exit:5\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(watchdog, silence_in_the_log_is_a_time_out)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nOutputTimeoutSec=300ms\n"
				  "ExecStart=@/probe on:TERM:5 say:hello touch:@/there pause\n"
				  "ExecStop=/bin/sh -c 'until test -e @/there; do sleep .01; done; "
				  "exec @/probe event:asked'\n") == 5,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m: it has written nothing for 300 ms (OutputTimeoutSec=)\n"));
	cr_expect(boot_logged(&boot, "m: failed (timeout)"), "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "asked"));
	cr_expect(boot_elapsed_ms(&boot) >= 300);
	boot_finish(&boot);
	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\n"
				  "OutputTimeoutSec=300ms\nExecStart=@/probe pause\n") == 75,
		"%s", boot.log.text);
	boot_finish(&boot);
}

/* Each line gives it all of its time again, whichever way it comes; errors are output, too. */
Test(watchdog, lines_in_the_log_keep_it_running)
{
	struct boot boot;

	boot_init(&boot);
	/* Both at once; only the other's end lets Main end, in as much time as a line gives it. */
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nOutputTimeoutSec=6s\nExecStart=/bin/sh -c "
			  "'for i in 1 2 3 4 5 6 7; do sleep 1; echo $i >&2; done; "
			  "until test -e @/there; do sleep .01; done; exit 7'\n"
			  "[service:n]\nOutputTimeoutSec=6s\n"
			  "StandardOutput=null\nLogFollow=@/file\nExecStart=/bin/sh -c "
			  "'for i in 1 2 3 4 5 6 7; do sleep 1; echo $i >>@/file; done; "
			  ": >@/there'\n") == 7,
		"%s", boot.log.text);
	boot_finish(&boot);
}

/* It writes far more than anybody takes: the reader of the log is to blame. */
Test(watchdog, service_that_waits_for_the_logs_reader_is_not_silent)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nOutputTimeoutSec=5s\n"
			     "ExecStart=@/probe event:writes bytes:10485760 exit:7\n"
			     "[service:late]\nType=oneshot\nExecStart=@/probe after:6000 "
			     "event:late\n");
	boot.stalled = true;
	boot_expect_event(&boot, "late");
	boot.stalled = false;
	cr_expect(boot_end(&boot) == 7);
	cr_expect(!boot_logged(&boot, "OutputTimeoutSec="));
	boot_finish(&boot);
}

Test(watchdog, silence_of_a_restarted_service_counts_anew)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[service:m]\nOutputTimeoutSec=500ms\nRestart=on-failure\n"
		"RestartSec=0\nStartLimitIntervalSec=0\nExecStart=@/probe event:up pause\n");
	for (int i = 0; i < 3; i++) {
		boot_expect_event(&boot, "up");
	}
	cr_expect(boot_elapsed_ms(&boot) >= 1000);
	boot_signal(&boot, SIGTERM);
	boot_end(&boot);
	boot_finish(&boot);
}

Test(watchdog, silence_of_what_never_speaks_is_refused)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[service:m]\nOutputTimeoutSec=1s\nStandardOutput=null\n"
				  "ExecStart=@/probe event:ran\n") == 78);
	cr_expect(boot_logged(&boot, "has OutputTimeoutSec= but does not write to the log"), "%s",
		boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}
