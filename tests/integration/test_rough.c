/* SPDX-License-Identifier: MIT */
/* Surroundings that lack what one expects: it does what can be done, and says what cannot. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "tests/integration/boot.h"

#define ARGUMENTS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static int times_logged(const struct boot *boot, const char *text)
{
	int count = 0;

	for (const char *at = boot->log.text; at && (at = strstr(at, text)); at++) {
		count++;
	}
	return count;
}

/* Starts with an INI of this text and these flags; returns the exit code. */
static int run(struct boot *boot, unsigned flags, const char *text)
{
	boot_init(boot);
	boot_services_in(boot, flags, text);
	return boot_end(boot);
}

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
	cr_expect(times_logged(&boot, "cannot write to /run") == 1, "%s", boot.log.text);
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

Test(rough, closed_descriptors_are_not_mistaken_for_others)
{
	static const char text[] =
		"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a f\nRequires=a\n"
		"ExecStart=@/probe say:lost fds event:ran exit:6\n"
		"[service:a]\nType=notify\nStandardOutput=inherit\nExecStart=@/probe say:lost "
		"ready "
		"on:TERM:0 pause\n"
		"[service:f]\nType=oneshot\nStandardOutput=append:@/out\nExecStart=@/probe fds\n";
	struct boot boot;
	char path[128], out[64];

	cr_expect(run(&boot, BOOT_CLOSED, text) == 6);
	cr_expect(boot_happened(&boot, "ran"));
	snprintf(path, sizeof(path), "%s/out", boot.directory);
	read_text(path, out, sizeof(out));
	cr_expect_str_eq(out, "fds 0 1 2\n");
	boot_finish(&boot);
	cr_expect(run(&boot, BOOT_CLOSED | BOOT_NO_DEV, text) == 6);
	boot_finish(&boot);
}

Test(rough, command_has_descriptors_where_there_were_none)
{
	struct boot boot;
	char path[128], out[64];

	boot_init(&boot);
	boot_start(
		&boot, BOOT_CLOSED, ARGUMENTS("--", "/bin/sh", "-c", "@/probe fds >@/out; exit 6"));
	cr_expect(boot_end(&boot) == 6);
	snprintf(path, sizeof(path), "%s/out", boot.directory);
	read_text(path, out, sizeof(out));
	cr_expect_str_eq(out, "fds 0 1 2\n");
	boot_finish(&boot);
}

Test(rough, works_without_dev_and_says_so)
{
	struct boot boot;

	cr_expect(
		run(&boot, BOOT_NO_DEV,
			"[init]\nMain=m\n[service:m]\nType=oneshot\nExecStart=@/probe say:here fds "
			"exit:6\n") == 6,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| here\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| fds 0 1 2\n"), "%s", boot.log.text);
	cr_expect(times_logged(&boot, "there is no /dev/null") == 1, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(rough, works_without_capabilities)
{
	struct boot boot;

	cr_expect(run(&boot, BOOT_WEAK,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a b\n"
			  "ExecStart=@/probe status:CapEff ids exit:6\n"
			  "[service:a]\nType=notify\nRuntimeDirectory=a\nExecStart=@/probe ready "
			  "on:TERM:0 pause\n"
			  "[service:b]\nType=oneshot\nUser=nobody\nExecStart=@/probe event:ran\n"
			  "[service:c]\nType=oneshot\nGroup=mail\nExecStart=@/probe event:ran\n") ==
			  6,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "CapEff:\t0000000000000000\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "setgroups() for User=nobody: Operation not permitted"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "setgroups() for Group=mail: Operation not permitted"), "%s",
		boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

/* As in most containers: a cgroup is to be had all the same, by a mount that nobody sees. */
Test(rough, sys_that_cannot_be_written_keeps_no_service_together_less)
{
	struct boot boot;

	boot_init(&boot);
	boot_services_in(&boot, BOOT_SYS_RO,
		"[service:first]\nExecStart=@/probe pause\n"
		"ExecStop=@/probe procs\n[service:b]\nAfter=first\nStopGraceSec=200ms\n"
		"ExecStart=@/probe on:TERM:0 fork setsid fork ignore:TERM event:up pause end end "
		"pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "procs 1\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Which takes no capability. */
Test(rough, user_that_it_is_already_is_fine)
{
	struct boot boot;

	cr_expect(run(&boot, BOOT_WEAK,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nUser=root\nExecStart=@/probe "
			  "ids exit:6\n") == 6,
		"%s", boot.log.text);
	boot_finish(&boot);
}
