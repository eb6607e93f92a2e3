/* SPDX-License-Identifier: MIT */
/* What it costs to have it: size, memory, and nothing at all while nothing happens. */
#include <criterion/criterion.h>
#include <elf.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tests/integration/boot.h"

/* A number behind a key of a file in /proc/PID. */
static long number_of(const struct boot *boot, const char *file, const char *key)
{
	char path[64], text[8192];

	snprintf(path, sizeof(path), "/proc/%d/%s", boot->pid, file);
	read_text(path, text, sizeof(text));
	const char *at = strstr(text, key);

	cr_assert(at, "no %s", key);
	return strtol(at + strlen(key), NULL, 10);
}

static void start_idle(struct boot *boot)
{
	boot_init(boot);
	boot_services(boot, "[service:a]\nType=notify\nExecStart=@/probe ready pause\n"
			    "[service:b]\nAfter=a\nRestart=always\nExecStart=@/probe pause\n"
			    "[service:c]\nAfter=b\nExecStart=@/probe say:up event:up pause\n");
	boot_expect_event(boot, "up");
	boot_expect_log(boot, "up\n");
}

/* Ticks of processor time, for who never sleeps does not wake up. */
static long ticks(const struct boot *boot)
{
	char path[64], text[1024];
	long user, system;

	snprintf(path, sizeof(path), "/proc/%d/stat", boot->pid);
	read_text(path, text, sizeof(text));
	const char *at = strrchr(text, ')');

	for (int field = 2; at && field < 14; field++) {
		at = strchr(at + 1, ' ');
	}
	cr_assert(at && sscanf(at, " %ld %ld", &user, &system) == 2); /* NOLINT(cert-err34-c) */
	return user + system;
}

static long wake_ups(const struct boot *boot)
{
	return number_of(boot, "status", "\nvoluntary_ctxt_switches:") + ticks(boot);
}

/* Until half a second passed without a wake-up: on a busy machine the start may take its time. */
static long settled(const struct boot *boot)
{
	long before = -1;
	long now = wake_ups(boot);

	for (int tries = 0; now != before && tries < 40; tries++) {
		before = now;
		poll(NULL, 0, 500);
		now = wake_ups(boot);
	}
	return now;
}

/* 3 s in which nothing may happen. These are the only cases that must let time pass. One that was
 * kept from running seems settled and is not: it is given time, and then watched for longer, so
 * that what happens again and again is seen all the same. */
static void expect_no_wake_up(struct boot *boot)
{
	long count = -1;

	for (int i = 0; i < 3 && count != 0; i++) {
		long before = settled(boot);

		poll(NULL, 0, i > 0 ? 10000 : 3000);
		count = wake_ups(boot) - before;
	}
	cr_expect(count == 0, "%ld wake-ups", count);
}

Test(idle, does_not_wake_up)
{
	struct boot boot;

	start_idle(&boot);
	expect_no_wake_up(&boot);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

/* A watchdog that is far off, a readiness that was seen, a file that does not grow. */
Test(idle, does_not_wake_up_for_what_it_watches)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nWatchdogSec=1h\nLogFollow=@/file\n"
			     "ReadyWhen=path:@/init.ini\nExecStart=@/probe pause\n"
			     "[service:b]\nAfter=a\nExecStart=@/probe event:up pause\n");
	boot_expect_event(&boot, "up");
	expect_no_wake_up(&boot);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

/* It cannot be told yet what was lost. */
Test(idle, does_not_wake_up_for_the_end_of_one_whose_lines_nobody_reads)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nExecStart=@/probe on:TERM:0 pause\n"
			     "[service:b]\nLogOverflow=drop\n"
			     "ExecStart=@/probe bytes:10485760 event:written\n");
	boot.stalled = true;
	boot_expect_event(&boot, "written");
	expect_no_wake_up(&boot);
	boot.stalled = false;
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "berth-init | b: "), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(idle, does_not_wake_up_without_configuration)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, 0, (const char *const[]) { "--", "@/probe", "event:up", "pause", NULL });
	boot_expect_event(&boot, "up");
	expect_no_wake_up(&boot);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 143);
	boot_finish(&boot);
}

Test(idle, resident_memory_is_below_1_mib)
{
	struct boot boot;

	start_idle(&boot);
	long kib = number_of(&boot, "smaps_rollup", "\nRss:");

	cr_expect(kib < 1024, "%ld KiB", kib);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

Test(idle, binary_is_static_and_below_1_mib)
{
	struct boot boot;
	struct stat status;
	char command[512], path[128];
	Elf64_Ehdr header;
	Elf64_Phdr segment;
	const char *built = getenv("BERTH_INIT");

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/stripped", boot.directory);
	snprintf(command, sizeof(command), "strip -o '%s' '%s'", path, built ? built : BERTH_INIT);
	cr_assert(system(command) == 0); /* NOLINT(cert-env33-c) */
	cr_assert(stat(path, &status) == 0);
	cr_expect(status.st_size < 1 << 20, "%ld bytes", (long)status.st_size);

	FILE *in = fopen(path, "re");

	cr_assert(in && fread(&header, sizeof(header), 1, in) == 1);
	fseek(in, (long)header.e_phoff, SEEK_SET);
	for (int i = 0; i < header.e_phnum; i++) {
		cr_assert(fread(&segment, sizeof(segment), 1, in) == 1);
		cr_expect(segment.p_type != PT_INTERP, "it wants a dynamic loader");
	}
	fclose(in);
	boot_finish(&boot);
}
