/* SPDX-License-Identifier: MIT */
/* Restart= against the causes of an end: the table of systemd.service(5), each cell a service. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

enum {
	SETTINGS = 7,
	CAUSES = 6,
};

static const char *const settings[SETTINGS] = { "no", "always", "on-success", "on-failure",
	"on-abnormal", "on-abort", "on-watchdog" };

static const struct {
	const char *name;
	const char *keys;
	const char *words;
	const char *restarts; /* one letter for each of the settings */
} causes[CAUSES] = {
	{ "clean-code", "", "exit:0", ".rr...." },
	{ "unclean-code", "", "exit:1", ".r.r..." },
	{ "clean-signal", "", "die:TERM", ".rr...." },
	{ "unclean-signal", "", "die:KILL", ".r.rrr." },
	{ "timeout", "Type=notify\nRuntimeMaxSec=100ms\n", "on:TERM:0 ready pause", ".r.rr.." },
	{ "watchdog", "Type=notify\nWatchdogSec=100ms\nWatchdogSignal=SIGKILL\n", "ready pause",
		".r.rr.r" },
};

static int runs(const struct boot *boot, const char *name)
{
	int count = 0;
	size_t length = strlen(name);

	for (const char *at = boot->events.text; at && (at = strstr(at, name)); at += length) {
		count += at[length] == '\n' && (at == boot->events.text || at[-1] == '\n');
	}
	return count;
}

Test(table, each_cause_restarts_where_systemd_does)
{
	struct boot boot;
	char text[8192], name[64];
	size_t length = 0;

	for (int s = 0; s < SETTINGS; s++) {
		for (int c = 0; c < CAUSES; c++) {
			length += (size_t)snprintf(text + length, sizeof(text) - length,
				"[service:%s-%s]\nRestart=%s\nRestartSec=0\nStartLimitBurst=2\n"
				"StartLimitIntervalSec=1h\n%sExecStart=@/probe event:%s-%s %s\n",
				settings[s], causes[c].name, settings[s], causes[c].keys,
				settings[s], causes[c].name, causes[c].words);
			cr_assert(length < sizeof(text));
		}
	}
	boot_init(&boot);
	cr_expect(boot_run(&boot, text) != 0, "some of them fail");
	for (int s = 0; s < SETTINGS; s++) {
		for (int c = 0; c < CAUSES; c++) {
			int wanted = causes[c].restarts[s] == 'r' ? 2 : 1;

			snprintf(name, sizeof(name), "%s-%s", settings[s], causes[c].name);
			cr_expect(runs(&boot, name) == wanted, "%s ran %d times, not %d\n%s", name,
				runs(&boot, name), wanted, boot.log.text);
		}
	}
	boot_finish(&boot);
}
