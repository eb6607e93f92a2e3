/* SPDX-License-Identifier: MIT */
/* What a service starts with: descriptors, identity, environment, directories. */
#include <criterion/criterion.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

/* Runs the probe with keys and words; each of the texts, up to NULL, must be logged as a line. */
static void expect_lines(const char *keys, const char *words, ...)
{
	struct boot boot;
	char text[2048], line[256];
	va_list lines;
	const char *wanted;

	boot_init(&boot);
	boot_write(&boot, "file.env", "# comment\nFROM_FILE=file\nQUOTED=\"a b\"\nBOTH=file\n");
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\n%s\nExecStart=@/probe %s\n", keys,
		words);
	cr_expect(boot_run(&boot, text) == 0, "%s\n%s", text, boot.log.text);
	va_start(lines, words);
	while ((wanted = va_arg(lines, const char *))) {
		snprintf(line, sizeof(line), "m          | %s\n", wanted);
		cr_expect(boot_logged(&boot, line), "no \"%s\" in:\n%s", wanted, boot.log.text);
	}
	va_end(lines);
	boot_finish(&boot);
}

Test(process, no_descriptor_but_0_1_2)
{
	expect_lines("", "fds", "fds 0 1 2", NULL);
	expect_lines("User=nobody\nRuntimeDirectory=r\nEnvironmentFile=@/file.env", "fds",
		"fds 0 1 2", NULL);
}

Test(process, defaults)
{
	expect_lines("", "cwd umask", "cwd /", "umask 0022", NULL);
	expect_lines(
		"WorkingDirectory=/usr\nUMask=0077", "cwd umask", "cwd /usr", "umask 0077", NULL);
	expect_lines("WorkingDirectory=-/no/such", "cwd", "cwd /", NULL);
}

Test(process, leads_a_session_and_a_group)
{
	expect_lines("", "pid", "pid 2 of 1, group 2, session 2", NULL);
}

Test(process, user_brings_group_and_variables)
{
	expect_lines("User=nobody", "ids env:USER env:LOGNAME env:HOME env:SHELL",
		"ids 65534 65534 groups 65534", "USER=nobody", "LOGNAME=nobody",
		"HOME=/nonexistent", "SHELL=/usr/sbin/nologin", NULL);
	expect_lines(
		"User=65534", "ids env:USER", "ids 65534 65534 groups 65534", "USER=nobody", NULL);
	expect_lines("User=nobody\nGroup=mail\nSupplementaryGroups=audio video", "ids",
		"ids 65534 8 groups 8 29 44", NULL);
	expect_lines("User=12345", "ids", "ids 12345 12345 groups 12345", NULL);
}

static void expect_refusal(const char *keys, const char *why)
{
	struct boot boot;
	char text[512];

	boot_init(&boot);
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\n%s\nExecStart=@/probe event:ran\n",
		keys);
	int code = boot_run(&boot, text);

	cr_expect(code != 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, why), "no \"%s\" in:\n%s", why, boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(process, unknown_user_or_group_is_refused_by_name)
{
	expect_refusal("User=no-such-user", "no-such-user");
	expect_refusal("Group=no-such-group", "no-such-group");
}

Test(process, directory_or_file_that_is_missing_is_refused_by_name)
{
	expect_refusal("WorkingDirectory=/no/such/directory", "/no/such/directory");
	expect_refusal("EnvironmentFile=/no/such/file.env", "EnvironmentFile=");
}

Test(process, directories_are_made_and_given_to_the_user)
{
	expect_lines("User=nobody\nRuntimeDirectory=one two/deep\nRuntimeDirectoryMode=0750",
		"stat:/run/one stat:/run/two/deep env:RUNTIME_DIRECTORY",
		"stat /run/one 65534:65534 0750", "stat /run/two/deep 65534:65534 0750",
		"RUNTIME_DIRECTORY=/run/one:/run/two/deep", NULL);
	expect_lines("User=nobody\nGroup=mail\nCacheDirectory=c\nStateDirectory=s\nLogsDirectory=l",
		"stat:/var/cache/c stat:/var/lib/s stat:/var/log/l env:CACHE_DIRECTORY "
		"env:STATE_DIRECTORY env:LOGS_DIRECTORY",
		"stat /var/cache/c 65534:8 0755", "stat /var/lib/s 65534:8 0755",
		"stat /var/log/l 65534:8 0755", "CACHE_DIRECTORY=/var/cache/c",
		"STATE_DIRECTORY=/var/lib/s", "LOGS_DIRECTORY=/var/log/l", NULL);
}

Test(process, environment_is_put_together_as_systemd_does)
{
	expect_lines("Environment=ONE=1 \"TWO=2 3\" BOTH=key\nEnvironmentFile=@/file.env\n"
		     "EnvironmentFile=-/no/such",
		"env:ONE env:TWO env:BOTH env:FROM_FILE env:QUOTED", "ONE=1", "TWO=2 3",
		"BOTH=file", "FROM_FILE=file", "QUOTED=a b", NULL);
	expect_lines("Environment=ONE=1\nEnvironment=\nEnvironment=TWO=2", "env:ONE env:TWO",
		"ONE is not set", "TWO=2", NULL);
}

Test(process, variables_split_and_expand_as_systemd_does)
{
	/* Only a word of its own is split, or vanishes when empty; within a word it takes braces.
	 */
	expect_lines("Environment=\"ONE=say:a say:b\" TWO=",
		"$ONE say:x${TWO}y$TWO \"say:mid${TWO}dle\" say:$$x $TWO", "a", "b", "xy$TWO",
		"middle", "$x", NULL);
}

Test(process, output_to_a_file)
{
	struct boot boot;
	char path[128], text[64];

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\nStandardOutput=append:@/out\n"
			  "ExecStart=@/probe say:one\nExecStart=@/probe say:two\n") == 0,
		"%s", boot.log.text);
	snprintf(path, sizeof(path), "%s/out", boot.directory);
	read_text(path, text, sizeof(text));
	cr_expect_str_eq(text, "one\ntwo\n");
	boot_finish(&boot);
}

/* The log of a oneshot Main of these keys must have the line. */
static void expect_line(const char *keys, const char *line)
{
	struct boot boot;
	char text[1024];

	boot_init(&boot);
	snprintf(text, sizeof(text), "[init]\nMain=m\n[service:m]\nType=oneshot\n%s\n", keys);
	cr_expect(boot_run(&boot, text) == 0, "%s\n%s", keys, boot.log.text);
	cr_expect(boot_logged(&boot, line), "no \"%s\" in:\n%s", line, boot.log.text);
	boot_finish(&boot);
}

Test(process, limits_and_scores_are_set)
{
	expect_line(
		"LimitNOFILE=100:200\nExecStart=/bin/sh -c 'echo $$(ulimit -Sn) $$(ulimit -Hn)'",
		"| 100 200\n");
	expect_line("Nice=5\nExecStart=/bin/nice", "| 5\n");
	expect_line("OOMScoreAdjust=321\nExecStart=/bin/cat /proc/self/oom_score_adj", "| 321\n");
	expect_line("NoNewPrivileges=yes\nExecStart=/bin/grep NoNewPrivs /proc/self/status",
		"NoNewPrivs:\t1\n");
}

Test(process, private_mounts_stay_private)
{
	expect_line("PrivateMounts=yes\n"
		    "ExecStart=/bin/sh -c 'mount -t tmpfs berth-test /mnt && grep -c berth-test "
		    "/proc/mounts'\n"
		    "ExecStartPost=/bin/sh -c 'echo $$(grep -c berth-test /proc/mounts) are left'",
		"| 0 are left\n");
}

Test(process, the_stop_commands_know_how_it_ended)
{
	struct boot boot;

	boot_init(&boot);
	boot_run(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe die:KILL\n"
			"ExecStopPost=/bin/sh -c \"@/probe "
			"event:$SERVICE_RESULT-$EXIT_CODE-$EXIT_STATUS\"\n");
	cr_expect(boot_happened(&boot, "signal-killed-KILL"), "%s\n%s", boot.events.text,
		boot.log.text);
	boot_finish(&boot);
}

/* Where the kernel hands cores to a program outside, there may be none. */
Test(process, a_core_dump_is_a_result_of_its_own_and_no_success)
{
	struct boot boot;

	boot_init(&boot);
	int code = boot_run(&boot,
		"[init]\nMain=m\n[service:m]\nLimitCORE=infinity\nWorkingDirectory=@\n"
		"SuccessExitStatus=SIGQUIT\nExecStart=/bin/sh -c 'kill -QUIT $$$$'\n"
		"ExecStopPost=/bin/sh -c \"@/probe "
		"event:$SERVICE_RESULT-$EXIT_CODE-$EXIT_STATUS\"\n");
	if (boot_logged(&boot, "core dumped")) {
		cr_expect(boot_happened(&boot, "core-dump-dumped-QUIT"), "%s\n%s", boot.events.text,
			boot.log.text);
		cr_expect(code == 131, "%d", code);
	}
	boot_finish(&boot);
}
