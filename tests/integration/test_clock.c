/* SPDX-License-Identifier: MIT */
/* The wall clock jumps by a day again and again (jumping_clock.c): no span of time is longer or
 * shorter for that. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdlib.h>

#include "tests/integration/boot.h"

static void start(struct boot *boot, const char *services)
{
	setenv("BERTH_INIT", BERTH_INIT_JUMPING, 1);
	boot_init(boot);
	boot_services(boot, services);
}

Test(clock, restart_watchdog_and_stop_take_the_time_that_they_have)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\nTimeoutStopSec=20\n"
		     "[service:m]\nType=oneshot\nAfter=k a w\nExecStart=@/probe after:1500 exit:6\n"
		     "[service:k]\nType=notify\nTimeoutStopSec=700ms\n"
		     "ExecStart=@/probe ignore:TERM ready pause\n"
		     "[service:a]\nType=notify\nRestart=on-failure\nRestartSec=300ms\n"
		     "ExecStart=@/probe fail:2:1 event:back ready pause\n"
		     "[service:w]\nType=notify\nWatchdogSec=10s\nExecStart=@/probe ready "
		     "beat:4:500 pause\n");
	boot_expect_event(&boot, "back");
	cr_expect(boot_elapsed_ms(&boot) >= 600, "%d ms", (int)boot_elapsed_ms(&boot));
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	cr_expect(boot_elapsed_ms(&boot) >= 2800, "%d ms", (int)boot_elapsed_ms(&boot));
	cr_expect(boot_logged(&boot, "k: does not stop, sending SIGKILL"), "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "watchdog"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(clock, time_outs_come_when_they_are_due)
{
	struct boot boot;

	start(&boot, "[init]\nMain=m\n[service:m]\nType=notify\nRuntimeMaxSec=700ms\n"
		     "ExecStart=@/probe on:TERM:5 ready pause\n");
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	cr_expect(boot_elapsed_ms(&boot) >= 700, "%d ms", (int)boot_elapsed_ms(&boot));
	cr_expect(boot_logged(&boot, "m: failed (timeout)"), "%s", boot.log.text);
	boot_finish(&boot);
}
