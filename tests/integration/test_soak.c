/* SPDX-License-Identifier: MIT */
/* What happens 10,000 or 100,000 times, or to 1,000 services, costs no more in the end. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/integration/boot.h"

enum {
	RESTARTS = 10000,
	RESTARTS_SOAK = 100000, /* with BERTH_SOAK set: minutes */
	BATCH = 1000,
	LOOPS = 4,
	SERVICES = 1000,
	SLACK_KIB = 64,
	RELOADS = 200,
	BATCH_LIMIT_S = 100,
	CHAIN_LIMIT_S = 300,
};

struct usage {
	long resident_kib;
	long descriptors;
};

static long resident_kib(const struct boot *boot)
{
	char path[64], text[8192];

	/* That of /proc/PID/status is off by some pages a processor. */
	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", boot->pid);
	read_text(path, text, sizeof(text));
	const char *at = strstr(text, "\nRss:");

	cr_assert(at);
	return strtol(at + strlen("\nRss:"), NULL, 10);
}

static long descriptors(const struct boot *boot)
{
	char path[64];
	long count = 0;

	snprintf(path, sizeof(path), "/proc/%d/fd", boot->pid);
	DIR *directory = opendir(path);

	cr_assert(directory);
	while (readdir(directory)) {
		count++;
	}
	closedir(directory);
	return count;
}

static struct usage usage(const struct boot *boot)
{
	return (struct usage) { resident_kib(boot), descriptors(boot) };
}

/* Until that many restarts were told in the log. However slow the machine, some are soon. */
static void expect_restarts(struct boot *boot, int count)
{
	while (count-- > 0) {
		if (count % BATCH == 0) {
			alarm(BATCH_LIMIT_S);
		}
		boot_expect_log(boot, ": restart in 0 ms\n");
	}
}

/* What is there after the first thousand must be enough for all the others. */
Test(soak, crash_restarts_cost_neither_memory_nor_descriptors)
{
	struct boot boot;
	char text[1024];
	int length = 0;

	for (int i = 0; i < LOOPS; i++) {
		length += snprintf(text + length, sizeof(text) - (size_t)length,
			"[service:s%d]\nRestart=always\nRestartSec=0\n"
			"StartLimitIntervalSec=0\nExecStart=@/probe exit:%d\n",
			i, i % 2);
	}
	boot_init(&boot);
	boot_services(&boot, text);
	expect_restarts(&boot, 1000);
	struct usage before = usage(&boot);

	expect_restarts(&boot, getenv("BERTH_SOAK") ? RESTARTS_SOAK : RESTARTS);
	struct usage after = usage(&boot);

	cr_expect(after.resident_kib <= before.resident_kib + SLACK_KIB, "%ld KiB grew to %ld",
		before.resident_kib, after.resident_kib);
	/* What is being started has some, too, at one moment or the other. */
	cr_expect(after.descriptors <= before.descriptors + 8L * LOOPS,
		"%ld descriptors grew to %ld", before.descriptors, after.descriptors);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

/* Each is ready before the next set, runs, and is stopped. */
Test(soak, a_thousand_services_start_run_and_stop)
{
	struct boot boot;
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);
	int up = 0, down = 0;

	fprintf(out, "[init]\nTimeoutStopSec=55\n");
	for (int i = 0; i < SERVICES; i++) {
		fprintf(out,
			"[service:s%d]\nType=notify\nStandardOutput=null\n"
			"ExecStart=@/probe name:down on:TERM:0 ready event:up pause\n",
			i);
		if (i >= 10) {
			fprintf(out, "After=s%d\n", i - 10);
		}
	}
	fclose(out);
	boot_init(&boot);
	boot_services(&boot, text);
	alarm(CHAIN_LIMIT_S);
	for (int i = 0; i < SERVICES; i++) {
		boot_expect_event(&boot, "up");
	}
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	for (const char *at = boot.events.text; at && *at; at = strchr(at, '\n') + 1) {
		up += strncmp(at, "up\n", 3) == 0;
		down += strncmp(at, "down stopped\n", 13) == 0;
	}
	cr_expect(up == SERVICES && down == SERVICES, "%d started, %d stopped", up, down);
	cr_expect(!boot_logged(&boot, "SIGKILL"), "%s", boot.log.text);
	boot_finish(&boot);
	free(text);
}

Test(soak, reloads_cost_neither_memory_nor_descriptors)
{
	static const char *const kept = "[service:k]\nType=notify\nExecStart=@/probe ready pause\n";
	struct boot boot;
	struct usage before = { 0 };

	boot_init(&boot);
	boot_services(&boot, kept);
	boot_expect_log(&boot, "k: ready");
	for (int i = 0; i < RELOADS; i++) {
		char text[512];

		alarm(BATCH_LIMIT_S);
		snprintf(text, sizeof(text),
			"[service:n%d]\nType=notify\nExecStart=@/probe ready pause\n%s", i, kept);
		boot_write(&boot, "init.ini", text);
		boot_signal(&boot, SIGHUP);
		boot_expect_log(&boot, ": ready");
		if (i == RELOADS / 4) {
			before = usage(&boot);
		}
	}
	struct usage after = usage(&boot);
	cr_expect(after.descriptors <= before.descriptors + 8, "%ld descriptors, were %ld",
		after.descriptors, before.descriptors);
	cr_expect(after.resident_kib <= before.resident_kib + SLACK_KIB, "%ld KiB, were %ld",
		after.resident_kib, before.resident_kib);
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "k: stopped") && !boot_logged(&boot, "k: restart"));
	boot_finish(&boot);
}
