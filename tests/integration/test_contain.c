/* SPDX-License-Identifier: MIT */
/* No process of a service outlives it, whatever it did to get away. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

/* `first` is stopped after `b` is gone, and counts what is left then: itself. */
#define WITNESS                                                                                    \
	"[init]\nTimeoutStopSec=8\n[service:first]\nExecStart=@/probe pause\n"                     \
	"ExecStop=@/probe procs\n[service:b]\nAfter=first\nTimeoutStopSec=300ms\n"                 \
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

Test(contain, escapee_dies_with_its_service)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, WITNESS "ExecStart=@/probe on:TERM:0 " ESCAPEE " pause\n");
	stop_and_expect(&boot, "up", "procs 1\n");
	boot_finish(&boot);
}

Test(contain, fork_bomb_of_200_dies)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, WITNESS "ExecStart=@/probe bomb:200 pause\n");
	stop_and_expect(&boot, "bomb", "procs 1\n");
	boot_finish(&boot);
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

Test(contain, each_service_has_a_cgroup_and_none_is_left)
{
	struct boot boot;
	char path[128], line[512];
	struct stat status;

	boot_init(&boot);
	boot_services(
		&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\nExecStart=@/probe cgroup\n");
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	const char *told = strstr(boot.log.text, "cgroup /");
	cr_assert(told, "%s", boot.log.text);
	cr_assert(sscanf(told, "cgroup %255s", line) == 1);
	cr_expect(strstr(line, "/berth-init") && strstr(line, "/m.service"), "%s", line);
	snprintf(path, sizeof(path), "%s/cgroup", boot.directory);
	cr_assert(mkdir(path, 0700) == 0 && mount("cgroup2", path, "cgroup2", 0, NULL) == 0);
	*strstr(line, "/m.service") = '\0';
	memmove(line + strlen(path), line, strlen(line) + 1);
	memcpy(line, path, strlen(path));
	/* Another init may have taken the same name meanwhile, but not for a service `m`. */
	strcat(line, "/m.service");
	cr_expect(stat(line, &status) < 0, "%s is left", line);
	cr_expect(umount(path) == 0);
	boot_finish(&boot);
}

Test(contain, what_it_falls_back_to_is_said_once)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini",
		"[init]\nMain=m\n[service:m]\nExecStart=@/probe on:TERM:0 event:up pause\n"
		"[service:b]\nExecStart=@/probe pause\n");
	boot_start(&boot, BOOT_NO_CGROUP, (const char *const[]) { "-c", "@/init.ini", NULL });
	boot_expect_event(&boot, "up");
	boot_expect_log(&boot, "cannot mount cgroup2 (Operation not permitted): services are held");
	boot_signal(&boot, SIGUSR1);
	boot_expect_log(&boot, "services are held by");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}
