/* SPDX-License-Identifier: MIT */
/* What a service may use and do: processors, priorities, capabilities, its root directory. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/boot.h"

/* Runs the command as Main with these keys and returns the exit code. */
static int run(struct boot *boot, const char *keys, const char *command)
{
	char text[2048];

	snprintf(text, sizeof(text),
		"[init]\nMain=m\n[service:m]\nType=oneshot\n%s\nExecStart=%s\n", keys, command);
	return boot_run(boot, text);
}

/* Each of the texts, up to NULL, must be a whole line of what it wrote. */
static void expect_lines(const char *keys, const char *command, ...)
{
	struct boot boot;
	char line[256];
	va_list lines;
	const char *wanted;

	boot_init(&boot);
	cr_expect(run(&boot, keys, command) == 0, "%s\n%s", keys, boot.log.text);
	va_start(lines, command);
	while ((wanted = va_arg(lines, const char *))) {
		snprintf(line, sizeof(line), "m          | %s\n", wanted);
		cr_expect(boot_logged(&boot, line), "%s: no \"%s\" in:\n%s", keys, wanted,
			boot.log.text);
	}
	va_end(lines);
	boot_finish(&boot);
}

/* The start fails with the code of systemd.exec(5) and a line that has this. */
static void expect_refusal(const char *keys, int code, const char *why)
{
	struct boot boot;

	boot_init(&boot);
	int got = run(&boot, keys, "@/probe event:ran");

	cr_expect(got == code, "%d instead of %d:\n%s", got, code, boot.log.text);
	cr_expect(boot_logged(&boot, why), "no \"%s\" in:\n%s", why, boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(setup, processors_are_those_of_the_list)
{
	expect_lines(
		"CPUAffinity=0", "@/probe status:Cpus_allowed_list", "Cpus_allowed_list:\t0", NULL);
	expect_lines("CPUAffinity=1\nCPUAffinity=\nCPUAffinity=0,0-0 0",
		"@/probe status:Cpus_allowed_list", "Cpus_allowed_list:\t0", NULL);
	expect_refusal("CPUAffinity=1000-1010", 215, "CPUAffinity=: Invalid argument");
}

Test(setup, scheduling_policy_and_priority)
{
	expect_lines("CPUSchedulingPolicy=batch", "@/probe sched", "policy 3 priority 0", NULL);
	expect_lines("CPUSchedulingPolicy=idle\nCPUSchedulingResetOnFork=yes", "@/probe sched",
		"policy 5 priority 0 reset", NULL);
	expect_lines("", "@/probe sched io", "policy 0 priority 0", "io class 0 priority 0", NULL);
	expect_refusal("CPUSchedulingPolicy=other\nCPUSchedulingPriority=5", 214,
		"CPUSchedulingPolicy=: Invalid argument");
}

Test(setup, io_class_and_priority)
{
	expect_lines("IOSchedulingPriority=7", "@/probe io", "io class 2 priority 7", NULL);
	expect_lines("IOSchedulingClass=idle\nIOSchedulingPriority=3", "@/probe io",
		"io class 3 priority 0", NULL);
	expect_lines("IOSchedulingClass=best-effort", "@/probe io", "io class 2 priority 4", NULL);
}

Test(setup, bounding_set_is_what_is_listed_or_not)
{
	expect_lines("CapabilityBoundingSet=CAP_CHOWN cap_kill", "@/probe status:CapBnd",
		"CapBnd:\t0000000000000021", NULL);
	expect_lines("CapabilityBoundingSet=CAP_CHOWN\nCapabilityBoundingSet=CAP_KILL",
		"@/probe status:CapBnd status:CapEff", "CapBnd:\t0000000000000021",
		"CapEff:\t0000000000000021", NULL);
	expect_lines("CapabilityBoundingSet=CAP_CHOWN CAP_KILL\nCapabilityBoundingSet=~CAP_KILL",
		"@/probe status:CapBnd", "CapBnd:\t0000000000000001", NULL);
	expect_lines("CapabilityBoundingSet=", "@/probe status:CapBnd", "CapBnd:\t0000000000000000",
		NULL);
	expect_lines("CapabilityBoundingSet=CAP_CHOWN\nUser=nobody", "@/probe status:CapBnd ids",
		"CapBnd:\t0000000000000001", "ids 65534 65534 groups 65534", NULL);
}

Test(setup, ambient_capabilities_outlive_the_change_of_user)
{
	expect_lines("User=nobody\nAmbientCapabilities=CAP_NET_BIND_SERVICE",
		"@/probe ids status:CapAmb status:CapEff status:CapPrm",
		"ids 65534 65534 groups 65534", "CapAmb:\t0000000000000400",
		"CapEff:\t0000000000000400", "CapPrm:\t0000000000000400", NULL);
	expect_lines("User=nobody\nAmbientCapabilities=CAP_CHOWN CAP_KILL\n"
		     "AmbientCapabilities=~CAP_CHOWN",
		"@/probe status:CapAmb", "CapAmb:\t0000000000000020", NULL);
	expect_lines("User=nobody", "@/probe status:CapEff", "CapEff:\t0000000000000000", NULL);
}

Test(setup, capability_that_is_not_to_be_had_is_refused_by_name)
{
	expect_refusal("User=nobody\nCapabilityBoundingSet=CAP_CHOWN\n"
		       "AmbientCapabilities=CAP_NET_RAW",
		218, "AmbientCapabilities=CAP_NET_RAW: Operation not permitted");
}

Test(setup, limit_that_cannot_be_set_is_refused_by_name)
{
	expect_refusal("LimitNOFILE=100000000000", 205, "LimitNOFILE=: Operation not permitted");
}

/* Of /proc/PID/limits; each with values of its own, for soft and hard. */
Test(setup, every_limit_is_the_one_that_is_named)
{
	static const struct {
		const char *key;
		const char *line;
	} limits[] = {
		{ "LimitCPU=1001:1002", "Max cpu time              1001                 1002" },
		{ "LimitFSIZE=2001:2002", "Max file size             2001                 2002" },
		{ "LimitDATA=30000001:30000002",
			"Max data size             30000001             30000002" },
		{ "LimitSTACK=4000001:4000002",
			"Max stack size            4000001              4000002" },
		{ "LimitCORE=0:5002", "Max core file size        0                    5002" },
		{ "LimitRSS=6001:6002", "Max resident set          6001                 6002" },
		{ "LimitNPROC=701:702", "Max processes             701                  702" },
		{ "LimitNOFILE=81:82", "Max open files            81                   82" },
		{ "LimitMEMLOCK=9001:9002", "Max locked memory         9001                 9002" },
		{ "LimitAS=1000000001:1000000002",
			"Max address space         1000000001           1000000002" },
		{ "LimitSIGPENDING=111:112", "Max pending signals       111                  112" },
		{ "LimitMSGQUEUE=1201:1202",
			"Max msgqueue size         1201                 1202" },
		{ "LimitRTPRIO=0", "Max realtime priority     0                    0" },
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct boot boot;

		boot_init(&boot);
		cr_expect(run(&boot, limits[i].key, "/bin/cat /proc/self/limits") == 0, "%s:\n%s",
			limits[i].key, boot.log.text);
		cr_expect(boot_logged(&boot, limits[i].line), "no \"%s\" in:\n%s", limits[i].line,
			boot.log.text);
		boot_finish(&boot);
	}
}

Test(setup, streams_are_those_of_the_files)
{
	struct boot boot;
	char path[128], text[64];

	boot_init(&boot);
	boot_write(&boot, "in", "from a file\n");
	boot_write(&boot, "out", "old and much longer than what comes\n");
	boot_write(&boot, "over", "old and longer\n");
	cr_expect(run(&boot,
			  "StandardInput=file:@/in\nStandardOutput=truncate:@/out\n"
			  "StandardError=file:@/over",
			  "/bin/sh -c 'cat; echo error >&2'") == 0,
		"%s", boot.log.text);
	snprintf(path, sizeof(path), "%s/out", boot.directory);
	read_text(path, text, sizeof(text));
	cr_expect_str_eq(text, "from a file\n");
	snprintf(path, sizeof(path), "%s/over", boot.directory);
	read_text(path, text, sizeof(text));
	cr_expect_str_eq(text, "error\nd longer\n");
	boot_finish(&boot);
}

Test(setup, variables_are_unset_last)
{
	setenv("FROM_OUTSIDE", "1", 1);
	expect_lines("Environment=ONE=1 TWO=2\nUnsetEnvironment=ONE FROM_OUTSIDE TWO=3",
		"@/probe env:ONE env:TWO env:FROM_OUTSIDE", "ONE is not set", "TWO=2",
		"FROM_OUTSIDE is not set", NULL);
	expect_lines(
		"PassEnvironment=FROM_OUTSIDE", "@/probe env:FROM_OUTSIDE", "FROM_OUTSIDE=1", NULL);
}

Test(setup, plus_prefix_leaves_privileges_as_they_are)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot, "User=nobody\nCapabilityBoundingSet=CAP_CHOWN\nRootDirectory=/mnt",
			  "+@/probe ids") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| ids 0 0 "), "%s", boot.log.text);
	boot_finish(&boot);
}

/* systemd.service(5): every command but those of ExecStart= as if it had the prefix. */
Test(setup, permissions_start_only_leaves_privileges_to_the_others)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot,
			  "User=nobody\nPermissionsStartOnly=yes\n"
			  "ExecStartPre=@/probe say:pre ids\nExecStartPost=@/probe say:post ids",
			  "@/probe say:main ids") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| pre\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| ids 65534 65534 "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| ids 0 0 "), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(setup, privileged_command_leaves_directories_to_the_user)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot,
			  "User=nobody\nRuntimeDirectory=mine\n"
			  "ExecStartPre=+@/probe stat:/run/mine ids",
			  "@/probe exit:0") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| ids 0 0 "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| stat /run/mine 65534:65534 0755\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(setup, root_directory_holds_program_and_working_directory)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/inside", boot.directory);
	cr_assert(mkdir(path, 0755) == 0);
	cr_expect(run(&boot, "RootDirectory=@\nWorkingDirectory=/inside\nUser=nobody",
			  "/probe cwd event:ran") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| cwd /inside\n"), "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "ran"));
	boot_finish(&boot);
	expect_refusal("RootDirectory=/no/such", 210, "RootDirectory=/no/such: No such file");
}

Test(setup, sigpipe_is_as_received_unless_told)
{
	expect_lines("", "@/probe status:SigIgn", "SigIgn:\t0000000000000000", NULL);
	expect_lines(
		"IgnoreSIGPIPE=yes", "@/probe status:SigIgn", "SigIgn:\t0000000000001000", NULL);
	expect_lines(
		"IgnoreSIGPIPE=no", "@/probe status:SigIgn", "SigIgn:\t0000000000000000", NULL);
}

Test(setup, failure_of_mains_command_with_a_dash_is_a_success)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot, "", "-@/probe exit:3") == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

/* A program shares PID 1's memory until it runs, and PID 1 waits: not where that may be for long.
 */
Test(setup, child_that_waits_for_a_file_keeps_nobody_waiting)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/nobody-reads", boot.directory);
	cr_assert(mkfifo(path, 0600) == 0);
	boot_services(&boot,
		"[init]\nMain=m\nTimeoutStopSec=2\n"
		"[service:m]\nAfter=w\nExecStart=@/probe event:up pause\n"
		"[service:w]\nStandardOutput=append:@/nobody-reads\nExecStart=@/probe\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(setup, environment_of_any_size_is_passed_on)
{
	struct boot boot;
	char name[32], value[1000], line[64];

	memset(value, 'v', sizeof(value) - 1);
	value[sizeof(value) - 1] = '\0';
	for (int i = 0; i < 500; i++) {
		snprintf(name, sizeof(name), "LARGE_%d", i);
		setenv(name, value, 1);
	}
	boot_init(&boot);
	cr_expect(run(&boot, "Environment=LAST=here", "@/probe env:LAST environ") == 0);
	cr_expect(boot_logged(&boot, "| LAST=here\n"), "%s", boot.log.text);
	for (int i = 0; i < 500; i++) {
		snprintf(line, sizeof(line), "| environ LARGE_%d=vvv", i);
		cr_expect(boot_logged(&boot, line), "%s", line);
	}
	boot_finish(&boot);
}

/* The first run leaves a file there, the second one finds it or not, and so does another service.
 */
static void expect_preserved(const char *preserve, bool restart, bool end)
{
	struct boot boot;
	char text[1024];

	boot_init(&boot);
	snprintf(text, sizeof(text),
		"[init]\nMain=m\n"
		"[service:m]\nType=oneshot\nAfter=a\nExecStart=/bin/sh -c '"
		"test -e /run/kept/file && @/probe event:stays; true'\n"
		"[service:a]\nType=oneshot\nRuntimeDirectory=kept\nRuntimeDirectoryPreserve=%s\n"
		"Restart=on-failure\nRestartSec=0\nExecStart=/bin/sh -c '"
		"test -e @/again && { test -e /run/kept/file && @/probe event:found; exit 0; }; "
		"touch /run/kept/file @/again; exit 1'\n",
		preserve);
	cr_expect(boot_run(&boot, text) == 0, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "found") == restart, "%s\n%s", preserve, boot.log.text);
	cr_expect(boot_happened(&boot, "stays") == end, "%s\n%s", preserve, boot.log.text);
	boot_finish(&boot);
}

Test(setup, links_lie_beside_their_directories)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot,
			  "RuntimeDirectory=app:app.old app:below/it\n"
			  "ExecStartPre=+/bin/sh -c 'ln -sfn nowhere /run/app.old'",
			  "/bin/sh -c 'readlink /run/app.old /run/below/it; "
			  "readlink -f /run/below/it; echo is $RUNTIME_DIRECTORY'") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| app\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| ../app\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| /run/app\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| is /run/app\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(setup, link_in_whose_place_is_a_file_is_refused)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[init]\nMain=m\n"
			  "[service:m]\nAfter=a\nRuntimeDirectory=app:taken\n"
			  "ExecStart=@/probe event:ran\n"
			  "[service:a]\nType=oneshot\nExecStart=/bin/touch /run/taken\n") == 233,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "RuntimeDirectory=: File exists"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(setup, service_that_never_ran_removes_nothing)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n"
				  "[service:m]\nType=oneshot\nAfter=b\nExecStart=/bin/sh -c '"
				  "test -e /run/shared/file && test -e /run/shared/pid'\n"
				  "[service:a]\nType=oneshot\nRemainAfterExit=yes\n"
				  "RuntimeDirectory=shared\n"
				  "ExecStart=/bin/sh -c 'touch /run/shared/file /run/shared/pid'\n"
				  "[service:b]\nType=forking\nAfter=a\nAssertPathExists=/nowhere\n"
				  "RuntimeDirectory=shared\nPIDFile=/run/shared/pid\n"
				  "ExecStart=@/probe event:b\n") == 0,
		"%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "b"));
	boot_finish(&boot);
}

Test(setup, runtime_directories_stay_as_told)
{
	expect_preserved("no", false, false);
	expect_preserved("restart", true, false);
	expect_preserved("yes", true, true);
}
