/* SPDX-License-Identifier: MIT */
/* Surroundings that lack what one expects: it does what can be done, and says what cannot. */
#include <criterion/criterion.h>
#include <signal.h>

#include "tests/integration/boot.h"

TestSuite(rough, .timeout = 60);

#define ARGUMENTS(...) ((const char *const[]) { __VA_ARGS__, NULL })

Test(rough, works_without_proc_and_with_nothing_writable)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
		"ExecStart=@/probe say:here exit:6\n"
		"[service:a]\nType=notify\nExecStart=@/probe ready on:TERM:0 pause\n");
	boot_start(&boot, BOOT_BARE, ARGUMENTS("-c", "@/init.ini"));
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m          | here\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(rough, command_works_without_proc_and_with_nothing_writable)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_BARE, ARGUMENTS("--", "@/probe", "exit:6"));
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(rough, directory_that_cannot_be_made_is_told)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\n[service:m]\nType=oneshot\nRuntimeDirectory=r\n"
		"ExecStart=@/probe event:ran\n");
	boot_start(&boot, BOOT_BARE, ARGUMENTS("-c", "@/init.ini"));
	cr_expect(boot_end(&boot) != 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "RuntimeDirectory="), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(rough, help_and_version_are_asked_for_without_being_pid_1)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_SAME_PIDS, ARGUMENTS("--help"));
	cr_expect(boot_end(&boot) == 0);
	cr_expect(boot_logged(&boot, "Usage:"), "%s", boot.log.text);
	boot_start(&boot, BOOT_SAME_PIDS, ARGUMENTS("--version"));
	cr_expect(boot_end(&boot) == 0);
	cr_expect(boot_logged(&boot, "berth-init "), "%s", boot.log.text);
	boot_finish(&boot);
}
