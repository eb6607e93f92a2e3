/* SPDX-License-Identifier: MIT */
/* SIGHUP: the files are read again, and only what changed is touched. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

static void reload(struct boot *boot, const char *text)
{
	boot_write(boot, "init.ini", text);
	boot_signal(boot, SIGHUP);
}

/* The indices of those that stay become others. */
Test(reload, unchanged_goes_on_changed_restarts_removed_stops_added_starts)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:gone]\nType=notify\n"
			     "ExecStart=@/probe name:gone on:TERM:0 ready pause\n"
			     "[service:keep]\nType=notify\n"
			     "ExecStart=@/probe event:keep ready pause\n"
			     "[service:changed]\nAfter=gone\nType=notify\n"
			     "ExecStart=@/probe name:old on:TERM:0 event:old ready pause\n"
			     "[service:after]\nAfter=changed keep\nType=notify\n"
			     "ExecStart=@/probe name:after on:TERM:0 ready event:after pause\n");
	boot_expect_event(&boot, "after");
	reload(&boot, "[service:after]\nAfter=changed keep\nType=notify\n"
		      "ExecStart=@/probe name:after on:TERM:0 ready event:after pause\n"
		      "[service:changed]\nType=notify\n"
		      "ExecStart=@/probe name:new on:TERM:0 event:new ready pause\n"
		      "[service:keep]\nType=notify\nExecStart=@/probe event:keep ready pause\n"
		      "[service:added]\nAfter=changed\nExecStart=@/probe event:added pause\n");
	boot_expect_log(&boot, "reloading: 1 services are new, 1 gone, 1 changed, 2 unchanged");
	boot_expect_log(&boot, "reloaded");
	boot_expect_event(&boot, "added");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	/* The order of the stop is that of the new set. */
	cr_expect(strstr(boot.events.text, "gone stopped\n") != NULL, "%s", boot.events.text);
	const char *stopped = strstr(boot.events.text, "old stopped\n");
	cr_expect(stopped && strstr(stopped, "\nnew\n"), "%s", boot.events.text);
	cr_expect(strstr(boot.events.text, "after stopped\nnew stopped\n") != NULL, "%s",
		boot.events.text);
	cr_expect(strstr(strstr(boot.events.text, "after\n") + 1, "\nafter\n") == NULL, "%s",
		boot.events.text);
	cr_expect(strstr(strstr(boot.events.text, "keep\n") + 1, "\nkeep\n") == NULL);
	boot_finish(&boot);
}

Test(reload, a_file_with_errors_changes_nothing)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nExecStart=@/probe name:a on:TERM:0 event:a pause\n");
	boot_expect_event(&boot, "a");
	reload(&boot, "[service:b]\nExecStart=@/probe event:b pause\nRestrat=no\nNice=99\n");
	boot_expect_log(&boot, "init.ini:3:1: error: unknown key Restrat=, did you mean Restart=?");
	boot_expect_log(&boot, "init.ini:4:1: error: ");
	boot_expect_log(&boot, "not reloaded: the services go on as they were");
	reload(&boot, "[service:a]\nAfter=b\nExecStart=/x\n[service:b]\nAfter=a\nExecStart=/x\n");
	boot_expect_log(&boot, "services wait for each other");
	boot_expect_log(&boot, "not reloaded: the services go on as they were");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "a\na stopped\n");
	boot_finish(&boot);
}

Test(reload, what_requires_a_changed_service_is_restarted_behind_it)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:db]\nType=notify\n"
			     "ExecStart=@/probe name:db on:TERM:0 ready pause\n"
			     "[service:m]\nRequires=db\nAfter=db\n"
			     "ExecStart=@/probe name:m on:TERM:3 event:m pause\n");
	boot_expect_event(&boot, "m");
	reload(&boot, "[init]\nMain=m\n[service:db]\nType=notify\n"
		      "ExecStart=@/probe name:db2 on:TERM:0 event:db2 ready pause\n"
		      "[service:m]\nRequires=db\nAfter=db\n"
		      "ExecStart=@/probe name:m on:TERM:3 event:m pause\n");
	boot_expect_event(&boot, "db2");
	boot_expect_event(&boot, "m");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 3, "%s", boot.log.text);
	cr_expect_str_eq(
		boot.events.text, "m\nm stopped\ndb stopped\ndb2\nm\nm stopped\ndb2 stopped\n");
	boot_finish(&boot);
}

Test(reload, a_changed_main_is_restarted_and_its_last_code_counts)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n"
			     "[service:m]\nExecStart=@/probe name:m on:TERM:4 event:m pause\n");
	boot_expect_event(&boot, "m");
	reload(&boot, "[init]\nMain=m\n[service:m]\nExecStart=@/probe event:again exit:9\n");
	cr_expect(boot_end(&boot) == 9, "%s", boot.log.text);
	cr_expect_str_eq(boot.events.text, "m\nm stopped\nagain\n");
	boot_finish(&boot);
}

Test(reload, another_main_decides_from_then_on)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=a\n"
			     "[service:a]\nExecStart=@/probe on:TERM:4 event:a pause\n"
			     "[service:b]\nExecStart=@/probe on:TERM:5 event:b pause\n");
	boot_expect_event(&boot, "b");
	reload(&boot, "[init]\nMain=b\nTimeoutStopSec=9\n"
		      "[service:b]\nExecStart=@/probe on:TERM:5 event:b pause\n");
	boot_expect_log(&boot, "reloaded");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 5, "%s", boot.log.text);
	boot_finish(&boot);
}

/* What it is known by (marks, descriptors, sockets) belongs to it wherever it stands. */
Test(reload, what_goes_on_is_still_cared_for)
{
	static const char kept[] =
		"[service:kept]\nType=notify\nLogFollow=@/file\n"
		"ExecStart=@/probe ready fork setsid ignore:TERM event:escaped pause end pause\n";
	char more[512];
	struct boot boot;

	boot_init(&boot);
	snprintf(more, sizeof(more), "[service:first]\nExecStart=@/probe pause\n%s", kept);
	boot_write(&boot, "file", "");
	boot_services_in(&boot, BOOT_NO_CGROUP, more);
	boot_expect_event(&boot, "escaped");
	reload(&boot, kept);
	boot_expect_log(&boot, "reloaded");
	boot_write(&boot, "file", "followed\n");
	boot_expect_log(&boot, "kept       | followed");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "kept: does not stop, sending SIGKILL"), "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "left-over"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* The channel of the service that goes becomes that of the other. */
Test(reload, what_is_not_ready_yet_is_still_listened_to)
{
	static const char kept[] =
		"[service:kept]\nReadyWhen=log:^up$\n"
		"ExecStart=/bin/sh -c 'read line <@/tell; echo up; "
		"exec @/probe pause'\n"
		"[service:next]\nAfter=kept\nExecStart=@/probe event:next pause\n";
	char more[512], path[128];
	struct boot boot;

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/tell", boot.directory);
	cr_assert(mkfifo(path, 0600) == 0);
	snprintf(more, sizeof(more),
		"[service:gone]\nReadyWhen=log:^up$\nExecStart=@/probe say:up event:gone pause\n%s",
		kept);
	boot_services(&boot, more);
	boot_expect_log(&boot, "gone: ready");
	reload(&boot, kept);
	boot_expect_log(&boot, "reloaded");
	boot_write(&boot, "tell", "now\n");
	boot_expect_event(&boot, "next");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

static void expect_no_change_without(const char *what)
{
	char path[128];
	struct boot boot;

	setenv("BERTH_INIT", BERTH_INIT_SCANT, 1);
	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/scant", boot.directory);
	setenv("BERTH_SCANT", path, 1);
	boot_services(&boot, "[service:a]\nExecStart=@/probe event:a pause\n");
	boot_expect_event(&boot, "a");
	boot_write(&boot, "scant", what);
	reload(&boot, "[service:a]\nType=notify\nExecStart=@/probe event:changed ready pause\n"
		      "[service:b]\nAfter=a\nReadyWhen=log:up\nLogFollow=@/file\n"
		      "ExecStart=@/probe say:up event:b pause\n");
	boot_expect_log(&boot, "not reloaded: Cannot allocate memory");
	boot_expect_event(&boot, "a");
	cr_assert(unlink(path) == 0);
	boot_signal(&boot, SIGHUP);
	boot_expect_event(&boot, "changed");
	boot_expect_event(&boot, "b");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(reload, for_which_there_is_no_memory_changes_nothing)
{
	expect_no_change_without("unit");
	expect_no_change_without("follow");
}

Test(reload, a_stop_ends_a_reload_that_waits)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nTimeoutStopSec=2\n"
			     "[service:a]\nExecStart=@/probe ignore:TERM event:a pause\n"
			     "[service:b]\nExecStart=@/probe name:b on:TERM:0 event:b pause\n");
	boot_expect_event(&boot, "a");
	reload(&boot, "[service:b]\nExecStart=@/probe name:b on:TERM:0 event:b pause\n");
	boot_expect_log(&boot, "a: stopping with SIGTERM");
	boot_signal(&boot, SIGHUP);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "reloaded"));
	boot_finish(&boot);
}

Test(reload, names_of_files_mean_what_they_meant_at_the_start)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "init.ini", "[service:a]\nExecStart=@/probe event:a pause\n");
	boot_start(&boot, BOOT_SCRATCH, (const char *const[]) { "-c", "init.ini", NULL });
	boot_expect_event(&boot, "a");
	reload(&boot, "[init]\nMain=b\n[service:b]\nExecStart=@/probe cwd exit:6\n");
	cr_expect(boot_end(&boot) == 6, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "b          | cwd /\n"), "%s", boot.log.text);
	boot_finish(&boot);
}
