/* SPDX-License-Identifier: MIT */
/* The report of a run for programs. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

#define RESULT "[init]\nMain=m\nResult=@/result.json\n"

/* Runs `services` to the end; each of the texts, up to NULL, must be in the file. */
static void expect_result(const char *services, int code, const char *const wanted[])
{
	struct boot boot;
	char path[128], text[8192];

	boot_init(&boot);
	cr_expect(boot_run(&boot, services) == code, "%s", boot.log.text);
	snprintf(path, sizeof(path), "%s/result.json", boot.directory);
	read_text(path, text, sizeof(text));
	for (; *wanted; wanted++) {
		cr_expect(strstr(text, *wanted), "no %s in:\n%s", *wanted, text);
	}
	boot_finish(&boot);
}

Test(result, names_code_cause_and_service)
{
	expect_result(RESULT "[service:m]\nType=oneshot\nExecStart=@/probe exit:7\n", 7,
		(const char *const[]) { "\"exit_code\": 7,\n", "\"cause\": \"main\"",
			"\"service\": \"m\"", "\"result\": \"exit-code\"", "\"signal\": null,\n",
			"{ \"name\": \"m\", \"state\": \"failed\", \"result\": \"exit-code\",",
			"\"restarts\": 0, \"exit_code\": 7, \"signal\": null", NULL });
}

Test(result, names_the_signal_that_killed)
{
	static const struct {
		const char *name;
		int number;
	} signals[] = { { "TERM", 15 }, { "HUP", 1 }, { "QUIT", 3 }, { "KILL", 9 },
		{ "SEGV", 11 } };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char services[256], code[64], end[128];

		snprintf(services, sizeof(services),
			RESULT "[service:m]\nType=oneshot\nExecStart=@/probe die:%d\n",
			signals[i].number);
		snprintf(code, sizeof(code), "\"exit_code\": %d,\n", 128 + signals[i].number);
		snprintf(end, sizeof(end),
			"\"exit_code\": null, \"signal\": \"SIG%s\", \"core_dumped\": false",
			signals[i].name);
		expect_result(services, 128 + signals[i].number,
			(const char *const[]) { code, "\"result\": \"signal\"", end, NULL });
	}
}

Test(result, names_the_request_to_stop)
{
	struct boot boot;
	char path[128], text[8192];

	boot_init(&boot);
	boot_services(&boot, RESULT "[service:m]\nExecStart=@/probe event:up pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGINT);
	cr_expect(boot_end(&boot) != 0);
	snprintf(path, sizeof(path), "%s/result.json", boot.directory);
	read_text(path, text, sizeof(text));
	cr_expect(strstr(text, "\"cause\": \"signal\",\n  \"signal\": \"SIGINT\""), "%s", text);
	cr_expect(strstr(text, "\"left_over\": 0"), "%s", text);
	boot_finish(&boot);
}

Test(result, replaces_an_older_one_and_leaves_nothing_beside_it)
{
	struct boot boot;
	const struct dirent *entry;
	char path[128], text[8192];

	boot_init(&boot);
	boot_write(&boot, "result.json", "old");
	cr_expect(boot_run(&boot, RESULT "[service:m]\nType=oneshot\nExecStart=@/probe\n") == 0);
	snprintf(path, sizeof(path), "%s/result.json", boot.directory);
	read_text(path, text, sizeof(text));
	cr_expect(strstr(text, "\"exit_code\": 0"), "%s", text);
	DIR *list = opendir(boot.directory);
	while ((entry = readdir(list))) {
		cr_expect(!strstr(entry->d_name, ".new"), "%s", entry->d_name);
	}
	closedir(list);
	boot_finish(&boot);
}

Test(result, that_cannot_be_written_is_told_and_changes_nothing)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\nResult=/no/such/result.json\n"
				  "[service:m]\nType=oneshot\nExecStart=@/probe exit:3\n") == 3,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "cannot write /no/such/result.json: No such file"), "%s",
		boot.log.text);
	boot_finish(&boot);
}
