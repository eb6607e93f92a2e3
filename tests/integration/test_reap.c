/* SPDX-License-Identifier: MIT */
/* Orphans are reaped, and a service is gone only when all of it is. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

enum {
	REAP_LIMIT_S = 230,
};

/* How many children the init has, zombies too. */
static int count_children(const struct boot *boot)
{
	char path[64], text[65536];
	int count = 0;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", boot->pid, boot->pid);
	read_text(path, text, sizeof(text));
	for (const char *at = text; (at = strchr(at, ' ')); at++) {
		count++;
	}
	return count;
}

static void expect_children(const struct boot *boot, int wanted)
{
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;
	int count;

	/* The kernel tells nobody that a zombie is gone: look again each millisecond. */
	while ((count = count_children(boot)) != wanted) {
		cr_assert(now_ms() < deadline_ms, "%d children instead of %d", count, wanted);
		poll(NULL, 0, 1);
	}
}

/* In tenths: a slow machine takes most of a minute to make them all, so each has a deadline. */
Test(reap, orphans_are_reaped_20000_of_them)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[init]\nMain=m\n[service:m]\n"
		"ExecStart=@/probe on:TERM:0 orphans:2000 event:born orphans:2000 event:born "
		"orphans:2000 event:born orphans:2000 event:born orphans:2000 event:born "
		"orphans:2000 event:born orphans:2000 event:born orphans:2000 event:born "
		"orphans:2000 event:born orphans:2000 event:born pause\n");
	alarm(REAP_LIMIT_S);
	for (int i = 0; i < 10; i++) {
		boot_expect_event(&boot, "born");
	}
	expect_children(&boot, 1);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(reap, orphans_are_reaped_without_configuration)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0,
		(const char *const[]) { "--", "@/probe", "orphans:2000", "on:TERM:0", "event:born",
			"pause", NULL });
	boot_expect_event(&boot, "born");
	expect_children(&boot, 1);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(reap, stop_signal_is_not_lost_among_dying_orphans)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\n"
			     "ExecStart=@/probe on:TERM:4 event:begin orphans:1000000 pause\n");
	boot_expect_event(&boot, "begin");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	boot_finish(&boot);
}

/* `first` is stopped after `b` is gone, and counts what is left then: itself. */
#define WITNESS                                                                                    \
	"[init]\nTimeoutStopSec=60\n[service:first]\nExecStart=@/probe pause\n"                    \
	"ExecStop=@/probe procs\n[service:b]\nAfter=first\nStopGraceSec=200ms\n"

static void expect_all_gone(const char *services)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, services);
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "procs 1\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(reap, straggler_in_the_group_is_killed_before_the_next_is_stopped)
{
	expect_all_gone(
		WITNESS "ExecStart=@/probe on:TERM:0 fork ignore:TERM event:up pause end pause\n");
}

Test(reap, straggler_that_ends_by_itself_is_waited_for)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nTimeoutStopSec=60\n[service:first]\n"
			     "Type=notify\nExecStart=@/probe name:first on:TERM:0 ready pause\n"
			     "[service:b]\nAfter=first\nStopGraceSec=60\nExecStart=@/probe "
			     "on:TERM:0 fork hold:TERM event:up "
			     "await:TERM after:1000 event:cleaned end pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "up\ncleaned\nfirst stopped\n", "%s", boot.events.text);
	boot_finish(&boot);
}

/* Told before the one that holds it is stopped, and that one is named. */
Test(reap, end_of_main_is_told_at_once_though_a_grandchild_holds_its_output)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot,
		"[init]\nMain=m\n[service:m]\nType=oneshot\nStopGraceSec=200ms\n"
		"ExecStart=@/probe hold:USR1 fork setsid ignore:TERM poke:USR1 pause end "
		"await:USR1 exit:3\n");
	boot_expect_log(&boot, "m: main process exited with code 3\n");
	boot_expect_log(&boot, "m left a process: 3 probe\n");
	boot_expect_log(&boot, "m: does not stop, sending SIGKILL\n");
	cr_expect(boot_end(&boot) == 3, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(reap, not_pid_1_works_as_subreaper)
{
	struct boot boot;

	boot_init(&boot);
	boot_services_in(&boot, BOOT_SAME_PIDS,
		"[init]\nMain=m\n[service:m]\n"
		"ExecStart=@/probe orphans:100 on:TERM:8 event:born pause\n");
	boot_expect_event(&boot, "born");
	expect_children(&boot, 1);
	boot_expect_log(&boot, "PID 1");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 8, "%s", boot.log.text);
	boot_finish(&boot);
}

/* A process beside it, of the same user in the same namespace, is none of its business. */
Test(reap, not_pid_1_stops_its_own_descendants_only)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\nTimeoutStopSec=1\nResult=@/"
		"none\n[service:m]\nType=oneshot\nKillMode=process\n"
		"ExecStart=@/probe fork setsid ignore:TERM pause end exit:3\n");
	boot_write(&boot, "script",
		"@/probe name:bystander on:TERM:0 event:up touch:@/up pause & b=$!\n"
		"until test -e @/up; do sleep .01; done\n"
		"/proc/1/exe -c @/init.ini; echo code $?\n"
		"kill -0 $b && @/probe event:alive; kill $b; wait\n");
	boot_start(&boot, 0, (const char *const[]) { "--", "/bin/sh", "@/script", NULL });
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "code 3\n"), "%s", boot.log.text);
	cr_expect_str_eq(
		boot.events.text, "up\nalive\nbystander stopped\n", "%s", boot.events.text);
	boot_finish(&boot);
}

enum {
	CROWD = 100,
};

/* `gone`, which all end at once, and `due`, which all have their deadline then. */
static void start_crowd(struct boot *boot)
{
	char text[32768], names[2][8 * CROWD] = { "", "" };
	size_t length = 0;

	for (int i = 0; i < CROWD; i++) {
		length += (size_t)snprintf(text + length, sizeof(text) - length,
			"[service:gone%d]\nType=forking\nGuessMainPID=no\n"
			"ExecStart=:/bin/sh -c \"read x < @/gate & exit 0\"\n"
			"[service:due%d]\nAfter=all\nRuntimeMaxSec=5s\n"
			"ExecStart=/bin/sleep inf\n",
			i, i);
		sprintf(names[0] + strlen(names[0]), " gone%d", i);
		sprintf(names[1] + strlen(names[1]), " due%d", i);
	}
	snprintf(text + length, sizeof(text) - length,
		"[service:all]\nType=oneshot\nAfter=%s\nExecStart=@/probe\n"
		"[service:last]\nAfter=%s\n"
		"ExecStart=@/probe on:TERM:0 event:up after:6000 event:late pause\n",
		names[0], names[1]);
	boot_services(boot, text);
}

/* All is seen in one round. An event that got lost would come again one deadline later at best. */
Test(reap, ends_and_deadlines_of_many_at_once_leave_none_out)
{
	struct boot boot;
	char path[128], line[64];

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/gate", boot.directory);
	cr_assert(mkfifo(path, 0600) == 0);
	int gate = open(path, O_RDWR | O_CLOEXEC);

	cr_assert(gate >= 0);
	start_crowd(&boot);
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGSTOP);
	for (int i = 0; i < CROWD; i++) {
		cr_assert(write(gate, "\n", 1) == 1);
	}
	boot_expect_event(&boot, "late");
	boot_signal(&boot, SIGCONT);
	boot_expect_log(&boot, "timed out");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "last: running, ");
	for (int i = 0; i < CROWD; i++) {
		snprintf(line, sizeof(line), "| due%d: running, ", i);
		cr_expect(!boot_logged(&boot, line), "due%d", i);
	}
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	close(gate);
	boot_finish(&boot);
}
