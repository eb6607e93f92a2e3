/* SPDX-License-Identifier: MIT */
/* The report of a run for programs. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

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

Test(result, shows_the_last_lines_of_what_failed)
{
	expect_result(
		"[init]\nMain=m\nResult=@/result.json\n[service:m]\nType=oneshot\nAfter=fine\n"
		"ExecStart=/usr/bin/printf 'first\\\\n\\\\303\\\\244 \\\\377 "
		"\\\\355\\\\240\\\\200 \"q\" \\\\t\\\\0\\\\nno end'\n"
		"ExecStart=@/probe exit:3\n"
		"[service:fine]\nType=oneshot\nExecStart=@/probe say:unseen\n",
		3,
		(const char *const[]) { "\"last_lines\": [\"first\", \"\303\244 \\ufffd "
					"\\ufffd\\ufffd\\ufffd \\\"q\\\" "
					"\\u0009\\u0000\", \"no end\"] }",
			"\"last_lines\": [] }", NULL });
}

Test(result, last_lines_are_the_last_of_many)
{
	struct boot boot;
	char path[128], text[8192], line[80];

	boot_init(&boot);
	cr_expect(boot_run(&boot, RESULT "[service:m]\nType=oneshot\n"
					 "ExecStart=@/probe bytes:1048576 exit:3\n") == 3);
	snprintf(path, sizeof(path), "%s/result.json", boot.directory);
	read_text(path, text, sizeof(text));
	for (int i = 16384 - 32; i < 16384; i++) {
		snprintf(line, sizeof(line), "\"%063d\"", i);
		cr_expect(strstr(text, line), "no %s in:\n%s", line, text);
	}
	boot_finish(&boot);
}

/* What does not fit into the log's memory and its reader's pipe is still unread when the result is
 * first written, which is by renaming. */
static bool has_last_line_behind_a_slow_reader(void)
{
	struct boot boot;
	char path[128], text[8192];
	struct pollfd renamed = { .fd = inotify_init1(IN_CLOEXEC), .events = POLLIN };

	boot_init(&boot);
	boot.stalled = true;
	cr_assert(inotify_add_watch(renamed.fd, boot.directory, IN_MOVED_TO) >= 0);
	boot_services(&boot, RESULT "[service:m]\nType=oneshot\n"
				    "ExecStart=@/probe bytes:196608 exit:3\n");
	cr_assert(poll(&renamed, 1, BOOT_DEADLINE_MS) == 1);
	close(renamed.fd);
	boot.stalled = false;
	cr_expect(boot_end(&boot) == 3, "%s", boot.log.text);
	snprintf(path, sizeof(path), "%s/result.json", boot.directory);
	read_text(path, text, sizeof(text));
	snprintf(path, sizeof(path), "\"%063d\"", 196608 / 64 - 1);
	boot_finish(&boot);
	return strstr(text, path);
}

/* One that takes nothing for 1.5 s loses the rest, and a busy machine may make us one. */
Test(result, last_lines_are_those_behind_a_slow_reader)
{
	bool found = false;

	for (int i = 0; i < 5 && !found; i++) {
		found = has_last_line_behind_a_slow_reader();
	}
	cr_expect(found);
}

/* A cgroup of version 1 that gives 24 MiB, or NULL where that cannot be had. */
static const char *make_small_cgroup(char path[128])
{
	char limit[160];

	/* Another run of this may be in a PID namespace of its own, with the same pids. */
	snprintf(path, 128, "/sys/fs/cgroup/memory/berth-test-XXXXXX");
	if (!mkdtemp(path)) {
		return NULL;
	}
	snprintf(limit, sizeof(limit), "%s/memory.limit_in_bytes", path);
	FILE *out = fopen(limit, "we");

	cr_assert(out && fputs("25165824", out) >= 0 && fclose(out) == 0);
	return path;
}

static void expect_out_of_memory(struct boot *boot, const char *told)
{
	char path[128], text[8192];

	snprintf(path, sizeof(path), "%s/result.json", boot->directory);
	read_text(path, text, sizeof(text));
	cr_expect(strstr(text, told), "%s", text);
	cr_expect(boot_logged(boot, "the kernel has killed for want of memory here\n") ==
			  (strstr(told, "true") != NULL),
		"%s", boot->log.text);
}

/* Where the machine has the controller, the real thing. */
Test(result, names_a_kill_for_want_of_memory)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	boot.own_cgroup = make_small_cgroup(path);
	if (boot.own_cgroup) {
		cr_expect(boot_run(&boot, RESULT "[service:m]\nType=oneshot\n"
						 "ExecStart=@/probe eat:200 event:full\n") == 137,
			"%s", boot.log.text);
		cr_expect(!boot_happened(&boot, "full"));
		expect_out_of_memory(&boot, "\"oom_kill\": true");
		cr_expect(rmdir(path) == 0);
	}
	boot_finish(&boot);
	if (!boot.own_cgroup) {
		cr_skip_test("no memory cgroup of version 1 can be made here");
	}
}

/* The same as the files of both versions tell it, in a container that sees its own cgroup alone. */
static void expect_told_by(const char *name, const char *content, const char *told)
{
	struct boot boot;
	char script[512];

	boot_init(&boot);
	boot_write(&boot, "init.ini", RESULT "[service:m]\nType=oneshot\nExecStart=@/probe\n");
	snprintf(script, sizeof(script),
		"mount -t tmpfs cgroup /sys/fs/cgroup; mkdir /sys/fs/cgroup/memory\n"
		"printf '%s' >/sys/fs/cgroup/%s\n/proc/1/exe -c @/init.ini\n",
		content, name);
	boot_write(&boot, "script", script);
	boot_start(&boot, 0, (const char *const[]) { "--", "/bin/sh", "@/script", NULL });
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	expect_out_of_memory(&boot, told);
	boot_finish(&boot);
}

Test(result, counts_of_both_versions_of_cgroups_are_read)
{
	expect_told_by("memory.events", "low 0\\nhigh 0\\nmax 7\\noom 3\\noom_kill 2\\n",
		"\"oom_kill\": true");
	expect_told_by("memory.events", "low 0\\nhigh 0\\nmax 7\\noom 3\\noom_kill 0\\n",
		"\"oom_kill\": false");
	expect_told_by("memory/memory.oom_control",
		"oom_kill_disable 0\\nunder_oom 0\\noom_kill 1\\n", "\"oom_kill\": true");
	expect_told_by("memory/memory.oom_control",
		"oom_kill_disable 1\\nunder_oom 0\\noom_kill 0\\n", "\"oom_kill\": false");
	expect_told_by("elsewhere", "oom_kill 1\\n", "\"oom_kill\": false");
}
