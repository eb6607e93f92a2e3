/* SPDX-License-Identifier: MIT */
/* No process of a service outlives it, whatever it did to get away. */
#include <criterion/criterion.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

/* `first` is stopped after `b` is gone, and counts what is left then: itself. */
#define WITNESS                                                                                    \
	"[init]\nTimeoutStopSec=60\n[service:first]\nExecStart=@/probe pause\n"                    \
	"ExecStop=@/probe procs\n[service:b]\nAfter=first\nTimeoutStopSec=10\n"                    \
	"StopGraceSec=200ms\n"

/* A daemon of the old school: its parents are gone, its session is its own. */
#define ESCAPEE "fork setsid fork ignore:TERM event:up pause end end"

static void stop_and_expect(struct boot *boot, const char *event, const char *count)
{
	boot_expect_event(boot, event);
	boot_signal(boot, SIGTERM);
	cr_expect(boot_end(boot) == 0, "%s", boot->log.text);
	cr_expect(boot_logged(boot, count), "no \"%s\" in:\n%s", count, boot->log.text);
}

static void expect_escapee_dies(unsigned flags)
{
	struct boot boot;

	boot_init(&boot);
	boot_services_in(&boot, flags, WITNESS "ExecStart=@/probe on:TERM:0 " ESCAPEE " pause\n");
	stop_and_expect(&boot, "up", "procs 1\n");
	boot_finish(&boot);
}

Test(contain, escapee_dies_with_its_service)
{
	expect_escapee_dies(0);
}

Test(contain, escapee_dies_without_cgroups)
{
	expect_escapee_dies(BOOT_NO_CGROUP);
}

static void expect_bomb_dies(unsigned flags)
{
	struct boot boot;

	boot_init(&boot);
	boot_services_in(
		&boot, flags, WITNESS "TimeoutStopSec=5\nExecStart=@/probe bomb:200 pause\n");
	stop_and_expect(&boot, "bomb", "procs 1\n");
	boot_finish(&boot);
}

Test(contain, fork_bomb_of_200_dies)
{
	expect_bomb_dies(0);
}

Test(contain, fork_bomb_of_200_dies_without_cgroups)
{
	expect_bomb_dies(BOOT_NO_CGROUP);
}

Test(contain, escapee_of_a_service_that_ends_by_itself_dies_too)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nAfter=b\nType=oneshot\n"
			     "ExecStart=@/probe procs\n"
			     "[service:b]\nType=oneshot\nStopGraceSec=200ms\n"
			     "ExecStart=@/probe " ESCAPEE "\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "procs 0\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Its path from the root of our cgroup namespace, once it is one of berth-init's. */
static void await_cgroup(struct boot *boot, char path[static 512])
{
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;
	char name[64], text[8192], pid[64];

	snprintf(name, sizeof(name), "/proc/%d/task/%d/children", boot->pid, boot->pid);
	read_text(name, pid, sizeof(pid));
	snprintf(name, sizeof(name), "/proc/%ld/cgroup", strtol(pid, NULL, 10));
	/* The kernel tells nobody that a process was moved: look again each millisecond. */
	for (;;) {
		read_text(name, text, sizeof(text));
		const char *line = strstr(text, "0::");

		cr_assert(line && sscanf(line, "0::%511s", path) == 1, "%s", text);
		if (strstr(path, "/berth-init")) {
			return;
		}
		cr_assert(now_ms() < deadline_ms, "%s\n%s", text, boot->log.text);
		poll(NULL, 0, 1);
	}
}

Test(contain, service_has_a_cgroup_and_none_is_left)
{
	struct boot boot;
	char root[128], path[512], whole[640];
	struct stat status;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nSuccessExitStatus=SIGTERM\n"
			     "ExecStart=@/probe event:up pause\n");
	boot_expect_event(&boot, "up");
	await_cgroup(&boot, path);
	cr_expect(strstr(path, "/m.service"), "%s", path);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	snprintf(root, sizeof(root), "%s/cgroup", boot.directory);
	snprintf(whole, sizeof(whole), "%s%s", root, path);
	cr_assert(mkdir(root, 0700) == 0 && mount("cgroup2", root, "cgroup2", 0, NULL) == 0);
	cr_expect(stat(whole, &status) < 0, "%s is left", path);
	cr_expect(umount(root) == 0);
	boot_finish(&boot);
}

Test(contain, escapee_dies_in_its_cgroup)
{
	struct boot boot;
	char path[512];

	boot_init(&boot);
	boot_services(&boot, WITNESS "ExecStart=@/probe on:TERM:0 " ESCAPEE " pause\n");
	boot_expect_event(&boot, "up");
	await_cgroup(&boot, path);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "procs 1\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Stops a service of a main process and a child that tells of SIGTERM and ends by it, whenever it
 * comes to that. */
static void stop_with_kill_mode(struct boot *boot, const char *mode, const char *main_on_term)
{
	char text[1024];

	boot_init(boot);
	snprintf(text, sizeof(text),
		WITNESS "TimeoutStopSec=60\nStopGraceSec=60\nKillMode=%s\nExecStart=@/probe %s "
			"fork name:child on:TERM:0 event:up pause end pause\n",
		mode, main_on_term);
	boot_services(boot, text);
	boot_expect_event(boot, "up");
	boot_signal(boot, SIGTERM);
	cr_expect(boot_end(boot) == 0, "%s", boot->log.text);
}

Test(contain, kill_mode_control_group_signals_all)
{
	struct boot boot;

	stop_with_kill_mode(&boot, "control-group", "on:TERM:0");
	cr_expect(boot_logged(&boot, "procs 1\n"), "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "child stopped"));
	boot_finish(&boot);
}

Test(contain, kill_mode_mixed_terms_main_and_kills_the_rest)
{
	struct boot boot;

	stop_with_kill_mode(&boot, "mixed", "on:TERM:0");
	cr_expect(boot_logged(&boot, "procs 1\n"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "child stopped"));
	boot_finish(&boot);
}

Test(contain, kill_mode_process_leaves_the_rest_until_the_end)
{
	struct boot boot;

	stop_with_kill_mode(&boot, "process", "on:TERM:0");
	cr_expect(boot_logged(&boot, "procs 2\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(contain, kill_mode_none_signals_nobody_until_the_end)
{
	struct boot boot;

	stop_with_kill_mode(&boot, "none", "name:b on:TERM:0");
	cr_expect(boot_logged(&boot, "procs 3\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(contain, stopped_process_is_continued_to_take_its_signal)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\nKillMode=mixed\n"
			     "ExecStart=@/probe on:TERM:5 event:up die:STOP pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	boot_finish(&boot);
}

static long number_behind(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	cr_assert(at, "no \"%s\" in %s", words, text);
	return strtol(at + strlen(words), NULL, 10);
}

Test(contain, slow_stop_is_told_with_who_since_when_and_what_next)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nTimeoutStopSec=60\n[service:b]\nTimeoutStopSec=20\n"
			     "ExecStart=@/probe ignore:TERM fork event:up pause end pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	/* Twice, at the second 2 and 4 or later, long before the kill. */
	boot_expect_log(&boot, " s (2 processes: 2 probe, 3 probe), SIGKILL in ");
	boot_expect_log(&boot, " s (2 processes: 2 probe, 3 probe), SIGKILL in ");
	boot_expect_log(&boot, "\n");
	boot_signal(&boot, SIGQUIT);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	long after_s = number_behind(boot.log.text, "b: still stopping after ");
	long rest_s = number_behind(boot.log.text, ", SIGKILL in ");

	cr_expect(after_s >= 2 && after_s + rest_s >= 15 && after_s + rest_s <= 25, "%s",
		boot.log.text);
	boot_finish(&boot);
}

/* Linux kills who is born into a cgroup that was killed: see contain.h. */
Test(contain, commands_run_after_a_kill)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nTimeoutStopSec=60\n[service:b]\nTimeoutStopSec=5\n"
			     "ExecStart=@/probe ignore:TERM event:up pause\n"
			     "ExecStopPost=@/probe event:post\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	boot_expect_event(&boot, "post");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(contain, what_it_falls_back_to_is_said_once)
{
	struct boot boot;

	boot_init(&boot);
	boot_services_in(&boot, BOOT_NO_CGROUP,
		"[init]\nMain=m\n[service:m]\nExecStart=@/probe on:TERM:0 event:up pause\n"
		"[service:b]\nExecStart=@/probe pause\n");
	boot_expect_event(&boot, "up");
	boot_expect_log(&boot, "cannot mount cgroup2 (Operation not permitted): services are held");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "services are held by");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}
