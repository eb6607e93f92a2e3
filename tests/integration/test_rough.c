/* SPDX-License-Identifier: MIT */
/* Surroundings that lack what one expects: it does what can be done, and says what cannot. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "tests/integration/boot.h"

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

/* The services' pipes take all descriptors; those that are over give theirs back. */
Test(rough, few_descriptors_are_enough_for_many_services)
{
	const struct rlimit few = { 128, 128 };
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	struct boot boot;

	fprintf(out, "[init]\nMain=m\n[service:m]\nType=oneshot\nUser=nobody\nAfter=s299\n"
		     "ExecStart=@/probe say:end exit:5\n");
	for (int i = 0; i < 300; i++) {
		fprintf(out, "[service:s%d]\nExecStart=@/probe %s\n", i,
			i < 200 ? "say:x" : "pause");
	}
	fclose(out);
	boot_init(&boot);
	cr_assert(setrlimit(RLIMIT_NOFILE, &few) == 0);
	cr_expect(boot_run(&boot, text) == 5, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "end\n"), "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "cannot run"), "%s", boot.log.text);
	boot_finish(&boot);
	free(text);
}
