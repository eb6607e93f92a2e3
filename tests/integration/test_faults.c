/* SPDX-License-Identifier: MIT */
/* What the system refuses while it runs: it waits, tries again, says so once, and never dies. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/boot.h"

#define ARGUMENTS(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void start(struct boot *boot, unsigned flags, const char *text)
{
	boot_init(boot);
	boot_services_in(boot, flags, text);
}

static int run(struct boot *boot, unsigned flags, const char *text)
{
	start(boot, flags, text);
	return boot_end(boot);
}

static int times_logged(const struct boot *boot, const char *text)
{
	int count = 0;

	for (const char *at = boot->log.text; at && (at = strstr(at, text)); at++) {
		count++;
	}
	return count;
}

/* How many processes its user may have from now on: only that user may say so. */
static void allow_processes(const struct boot *boot, rlim_t count)
{
	const struct rlimit limit = { count, 1000 };
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		_exit(setresgid(boot->poor_id, boot->poor_id, boot->poor_id) < 0 ||
			setresuid(boot->poor_id, boot->poor_id, boot->poor_id) < 0 ||
			prlimit(boot->pid, RLIMIT_NPROC, &limit, NULL) < 0);
	}
	cr_assert(waitpid(pid, &status, 0) == pid && status == 0, "%x", (unsigned)status);
}

Test(faults, fork_that_is_refused_is_told_once_and_tried_again)
{
	struct boot boot;

	start(&boot, BOOT_POOR,
		"[init]\nMain=m\nResult=@/none\n"
		"[service:m]\nType=oneshot\nAfter=a b\nRequires=a\nExecStart=@/probe event:m "
		"exit:6\n"
		"[service:a]\nType=notify\nExecStart=@/probe ready on:TERM:0 pause\n"
		"[service:b]\nType=notify\nExecStart=@/probe event:b ready on:TERM:0 pause\n");
	boot_expect_log(&boot, "cannot fork: Resource temporarily unavailable; trying again\n");
	allow_processes(&boot, 1000);
	boot_expect_event(&boot, "m");
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	cr_expect(times_logged(&boot, "cannot fork") == 1, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "b"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Each kind of what is asked without being told of. */
Test(faults, readiness_is_asked_for_behind_a_fork_that_was_refused)
{
	struct boot boot;

	start(&boot, BOOT_POOR,
		"[init]\nMain=m\nResult=@/none\n"
		"[service:m]\nType=oneshot\nAfter=a b c d\nRequires=a b c d\n"
		"ExecStart=@/probe exit:6\n"
		"[service:a]\nReadyWhen=path:@/probe\nTimeoutStartSec=20s\n"
		"ExecStart=@/probe on:TERM:0 pause\n"
		"[service:b]\nReadyWhen=log:up\nTimeoutStartSec=20s\n"
		"ExecStart=@/probe say:up on:TERM:0 pause\n"
		"[service:c]\nReadyWhen=fd:3\nTimeoutStartSec=20s\n"
		"ExecStart=@/probe newline:3 on:TERM:0 pause\n"
		"[service:d]\nType=forking\nReadyWhen=path:@/probe\nTimeoutStartSec=20s\n"
		"ExecStart=@/probe fork on:TERM:0 pause end\n");
	boot_expect_log(&boot, "cannot fork");
	allow_processes(&boot, 1000);
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(faults, stop_is_at_once_where_nothing_could_be_forked)
{
	struct boot boot;

	start(&boot, BOOT_POOR, "[init]\nMain=m\n[service:m]\nExecStart=@/probe event:m\n");
	boot_expect_log(&boot, "cannot fork");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	cr_expect(boot_elapsed_ms(&boot) < 30000);
	cr_expect(!boot_happened(&boot, "m"));
	boot_finish(&boot);
}

/* Its command cannot be run within its time, so that it gets the signal instead. */
Test(faults, stop_command_that_cannot_be_forked_does_not_stop_the_stop)
{
	struct boot boot;

	start(&boot, BOOT_POOR,
		"[init]\nMain=m\nTimeoutStopSec=60\n[service:m]\nTimeoutStopSec=5\n"
		"ExecStart=@/probe on:TERM:5 event:up pause\nExecStop=@/probe event:asked\n");
	boot_expect_log(&boot, "cannot fork");
	allow_processes(&boot, 1000);
	boot_expect_event(&boot, "up");
	allow_processes(&boot, 1);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "asked"));
	boot_finish(&boot);
}

Test(faults, no_memory_for_a_process_is_waited_for)
{
	struct boot boot;

	start(&boot, BOOT_NO_FORK,
		"[init]\nMain=m\n[service:m]\nExecStart=@/probe event:m\n"
		"[service:u]\nUser=nobody\nRestart=always\nExecStart=@/probe event:u\n");
	boot_expect_log(&boot, "cannot fork: Cannot allocate memory; trying again\n");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "u: running");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	cr_expect(times_logged(&boot, "cannot fork") == 1, "%s", boot.log.text);
	boot_finish(&boot);
	boot_init(&boot);
	boot_start(&boot, BOOT_NO_FORK, ARGUMENTS("--", "@/probe"));
	cr_expect(boot_end(&boot) == 71, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "cannot fork: Cannot allocate memory"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Each kind of what needs descriptors; every start has this much time. */
static int run_with_descriptors(struct boot *boot, unsigned count, const char *time)
{
	static const char text[] =
		"[init]\nMain=m\nTimeoutStopSec=1\n"
		"[service:m]\nType=oneshot\nAfter=a b c d\nRequires=a b c "
		"d\nTimeoutStartSec=%s\n"
		"ExecStart=@/probe exit:6\n"
		"[service:a]\nType=notify\nTimeoutStartSec=%s\nExecStart=@/probe ready pause\n"
		"[service:b]\nType=exec\nTimeoutStartSec=%s\nLogFollow=@/file\n"
		"ExecStart=@/probe pause\n"
		"[service:c]\nReadyWhen=fd:3\nTimeoutStartSec=%s\nExecStart=@/probe newline:3 "
		"pause\n"
		"[service:d]\nUser=nobody\nType=oneshot\nTimeoutStartSec=%s\n"
		"StandardOutput=append:/dev/null\nExecStart=@/probe\n";
	char services[1024];

	snprintf(services, sizeof(services), text, time, time, time, time, time);
	boot_init(boot);
	boot->descriptors = count;
	return boot_run(boot, services);
}

/* Whatever it is that gets no descriptor: it works, or says why it does not, and ends. */
Test(faults, few_descriptors_end_well_however_few)
{
	bool worked = false;

	for (unsigned count = 4; count <= 40; count++) {
		struct boot boot;
		int code = run_with_descriptors(&boot, count, "200ms");

		/* A busy machine may be late; with more time there must be a reason. */
		if (code != 6 && !boot_logged(&boot, "Too many open files")) {
			boot_finish(&boot);
			code = run_with_descriptors(&boot, count, "10s");
		}
		cr_expect(code == 6 || code == 69 || code == 71 || code == 75 || code == 78 ||
				  code >= 200,
			"%d with %u descriptors:\n%s", code, count, boot.log.text);
		cr_expect(code == 6 || boot_logged(&boot, "Too many open files"),
			"%d with %u descriptors:\n%s", code, count, boot.log.text);
		worked = code == 6;
		boot_finish(&boot);
	}
	cr_expect(worked);
}

/* A parent that ignores SIGCHLD hands that down, and then the kernel reaps instead of us. */
Test(faults, children_are_seen_to_end_where_sigchld_was_ignored)
{
	struct boot boot;

	cr_expect(
		run(&boot, BOOT_IGNORE_CHLD,
			"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=u\n"
			"ExecStart=@/probe signals exit:6\n"
			"[service:u]\nType=oneshot\nUser=nobody\nExecStart=@/probe signals\n") == 6,
		"%s", boot.log.text);
	cr_expect(times_logged(&boot, "SigIgn:\t0000000000010000\n") == 2, "%s", boot.log.text);
	boot_finish(&boot);
	boot_init(&boot);
	boot_start(&boot, BOOT_IGNORE_CHLD, ARGUMENTS("--", "@/probe", "signals", "exit:7"));
	cr_expect(boot_end(&boot) == 7);
	cr_expect(boot_logged(&boot, "SigIgn:\t0000000000010000\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(faults, full_disk_under_the_log_stops_nothing)
{
	struct boot boot;

	cr_expect(run(&boot, BOOT_FULL,
			  "[init]\nMain=m\n[service:m]\nType=oneshot\n"
			  "ExecStart=@/probe bytes:1048576 event:written exit:6\n") == 6);
	cr_expect(boot_happened(&boot, "written"));
	boot_finish(&boot);
	boot_init(&boot);
	boot_start(&boot, BOOT_FULL, ARGUMENTS("--", "@/probe", "exit:6"));
	cr_expect(boot_end(&boot) == 6);
	boot_finish(&boot);
}

/* The inner one has its log on a disk that is full for a while. */
Test(faults, what_a_full_disk_cost_is_told_when_there_is_room_again)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\nResult=@/none\n[service:m]\nType=oneshot\n"
		"ExecStart=@/probe bytes:65536\nExecStart=/bin/rm @/small/filler\n"
		"ExecStart=@/probe say:after\n");
	boot_write(&boot, "script",
		"mkdir @/small; mount -t tmpfs -o size=32k small @/small\n"
		"head -c 28000 /dev/zero >@/small/filler\n"
		"/proc/1/exe -c @/init.ini >@/small/log; echo code $?\n"
		"grep -a -e lost -e after @/small/log\n");
	boot_start(&boot, 0, ARGUMENTS("--", "/bin/sh", "@/script"));
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "code 0\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nm          | after\n"), "%s", boot.log.text);
	const char *lost = strstr(boot.log.text, " bytes of the log were lost\n");

	cr_assert(lost, "%s", boot.log.text);
	/* What was written of a line in part is ended first. */
	while (lost > boot.log.text && lost[-1] != '\n') {
		lost--;
	}
	cr_expect(strncmp(lost, "berth-init | ", 13) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

/* The inner one has its result on a disk that is full. */
Test(faults, no_room_for_the_result_is_told_by_that_name)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\nResult=@/small/result.json\n[service:m]\nType=oneshot\n"
		"ExecStart=@/probe exit:3\n");
	boot_write(&boot, "script",
		"mkdir @/small; mount -t tmpfs -o size=4k small @/small\n"
		"head -c 4096 /dev/zero >@/small/filler\n"
		"/proc/1/exe -c @/init.ini; echo code $?; ls @/small\n");
	boot_start(&boot, 0, (const char *const[]) { "--", "/bin/sh", "@/script", NULL });
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "result.json: No space left on device"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "code 3\nfiller\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(faults, service_that_closes_all_its_descriptors_is_one_like_others)
{
	struct boot boot;

	start(&boot, 0,
		"[init]\nMain=m\n[service:m]\nRestart=on-failure\nRestartSec=0\n"
		"ExecStart=@/probe say:begin close-all fail:1:3 on:TERM:5 event:up pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	cr_expect(times_logged(&boot, "| begin\n") == 2, "%s", boot.log.text);
	boot_finish(&boot);
}

static void expect_working_directory(const struct boot *boot, const char *wanted)
{
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;
	char link[64], path[256] = "";

	snprintf(link, sizeof(link), "/proc/%d/cwd", boot->pid);
	/* It goes there once it has forked a command, and nobody tells: look again and again. */
	while (strcmp(path, wanted) != 0 && now_ms() < deadline_ms) {
		ssize_t length = readlink(link, path, sizeof(path) - 1);

		cr_assert(length > 0);
		path[length] = '\0';
		poll(NULL, 0, 1);
	}
	cr_expect_str_eq(path, wanted);
}

/* It must not keep a file system busy; a command is where it was asked for. */
Test(faults, pid_1_is_in_the_root_directory_wherever_it_was_started)
{
	struct boot boot;
	char line[128];

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\n[service:m]\nExecStart=@/probe cwd on:TERM:5 event:up pause\n");
	boot_start(&boot, BOOT_SCRATCH, ARGUMENTS("-c", "init.ini"));
	boot_expect_event(&boot, "up");
	expect_working_directory(&boot, "/");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "| cwd /\n"), "%s", boot.log.text);
	boot_finish(&boot);

	boot_init(&boot);
	boot_start(&boot, BOOT_SCRATCH, ARGUMENTS("--", "./probe", "cwd", "event:up", "pause"));
	boot_expect_event(&boot, "up");
	expect_working_directory(&boot, "/");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	snprintf(line, sizeof(line), "cwd %s\n", boot.directory);
	cr_expect(boot_logged(&boot, line), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Without cgroups a service is its process groups, and numbers of those are used again: here while
 * SIGKILL for what is left of the first one is due. */
Test(faults, process_that_got_the_number_of_a_dead_one_is_let_alone)
{
	struct boot boot;

	start(&boot, BOOT_NO_CGROUP,
		"[init]\nMain=m\nTimeoutStopSec=60\n"
		"[service:a]\nType=notify\nStopGraceSec=600ms\n"
		"ExecStart=@/probe event-pid hold:USR1 fork setsid ignore:TERM poke:USR1 pause end "
		"ready await:USR1 exit:0\n"
		"[service:b]\nAfter=a\nType=notify\nNotifyAccess=all\nStopGraceSec=60\n"
		"ExecStart=/bin/sh -c 'while kill -0 2 2>/dev/null; do sleep 0.01; done; exec "
		"@/probe "
		"last-pid:1 fork name:b on:TERM:0 setsid event-pid ready pause end pause'\n"
		"[service:m]\nAfter=b\nExecStart=@/probe event:up hold:USR2 await:USR2\n");
	boot_expect_event(&boot, "pid 2");
	boot_expect_event(&boot, "pid 2");
	boot_expect_event(&boot, "up");
	boot_expect_log(&boot, "a: does not stop, sending SIGKILL");
	boot_expect_log(&boot, "a: ");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "b stopped"), "%s\n%s", boot.events.text, boot.log.text);
	boot_finish(&boot);
}

/* Signals are blocked from the first instruction on, so that none is lost from then on. */
static void await_blocked(const struct boot *boot)
{
	char path[64], text[4096];
	unsigned long long blocked = 0;

	snprintf(path, sizeof(path), "/proc/%d/status", boot->pid);
	do {
		read_text(path, text, sizeof(text));
		const char *at = strstr(text, "SigBlk:\t");

		cr_assert(at);
		blocked = strtoull(at + strlen("SigBlk:\t"), NULL, 16);
	} while (!(blocked & 1ULL << (SIGTERM - 1)));
}

/* 50 services that wait for each other in fives; each instant is that of a service's start. */
Test(faults, stop_at_any_instant_of_a_start_ends_all_in_order)
{
	char text[8192], begun[64];
	size_t length = 0;

	for (int i = 0; i < 50; i++) {
		length += (size_t)snprintf(text + length, sizeof(text) - length,
			"[service:s%d]\nType=%s\nExecStart=@/probe ready pause\n", i,
			i % 3 ? "notify" : "exec\nNotifyAccess=main");
		if (i >= 5) {
			length += (size_t)snprintf(text + length, sizeof(text) - length,
				"After=s%d\nRequires=s%d\n", i - 5, i - 5);
		}
	}
	for (int i = 0; i < 25; i++) {
		struct boot boot;

		start(&boot, 0, text);
		await_blocked(&boot);
		if (i > 0) {
			snprintf(begun, sizeof(begun), "s%d: start", 2 * i - 1);
			boot_expect_log(&boot, begun);
		}
		boot_signal(&boot, SIGTERM);
		cr_assert(boot_end(&boot) == 0, "%d:\n%s", i, boot.log.text);
		cr_assert(boot_logged(&boot, "exit 0 (SIGTERM)"), "%s", boot.log.text);
		cr_assert(!boot_logged(&boot, "SIGKILL"), "%s", boot.log.text);
		boot_finish(&boot);
	}
}
