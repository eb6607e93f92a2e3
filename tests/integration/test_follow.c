/* SPDX-License-Identifier: MIT */
/* LogFollow=: files that a service writes as lines of the log. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/integration/boot.h"

/* `script` runs as the service a, which the whole ends with. */
static int run(struct boot *boot, const char *file, const char *script)
{
	char text[1024];

	boot_write(boot, "script", script);
	snprintf(text, sizeof(text),
		"[init]\nMain=a\n[service:a]\nLogFollow=@/%s\nExecStart=/bin/sh @/script\n", file);
	return boot_run(boot, text);
}

enum {
	GATES = 4,
};

static void gate_path(const struct boot *boot, int number, char path[128])
{
	snprintf(path, 128, "%s/gate%d", boot->directory, number);
}

/* The script waits at `read _ <@/gate1` and so on until the test lets it pass. */
static void start(struct boot *boot, const char *file, const char *script)
{
	char text[1024], gate[128];

	boot_init(boot);
	for (int i = 1; i <= GATES; i++) {
		gate_path(boot, i, gate);
		cr_assert(mkfifo(gate, 0600) == 0);
	}
	boot_write(boot, "script", script);
	snprintf(text, sizeof(text),
		"[init]\nMain=a\n[service:a]\nLogFollow=@/%s\nExecStart=/bin/sh @/script\n", file);
	boot_services(boot, text);
}

static void let_pass(const struct boot *boot, int number)
{
	char gate[128];

	gate_path(boot, number, gate);
	int fd = open(gate, O_WRONLY | O_CLOEXEC);

	cr_assert(fd >= 0 && write(fd, "\n", 1) == 1);
	close(fd);
}

static void expect_order(const struct boot *boot, const char *const *lines)
{
	const char *at = boot->log.text;

	for (; *lines; lines++) {
		const char *found = strstr(at, *lines);

		cr_expect(found, "no %s:\n%s", *lines, boot->log.text);
		at = found ? found : at;
	}
}

Test(follow, what_is_appended_is_told_and_what_was_there_is_not)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "file", "old\n");
	cr_expect(run(&boot, "file", "echo one >>@/file; echo two >>@/file; exit 3\n") == 3);
	expect_order(&boot, (const char *const[]) { "a          | one", "a          | two", NULL });
	cr_expect(!boot_logged(&boot, "old"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(follow, file_that_is_made_renamed_or_truncated_is_followed_on)
{
	struct boot boot;

	start(&boot, "file",
		"echo one >@/file; read _ <@/gate1; mv @/file @/file.1; echo two >>@/file.1; "
		"read _ <@/gate2; echo three >@/file; read _ <@/gate3; : >@/file; "
		"echo 4 >>@/file; read _ <@/gate4\n");
	boot_expect_log(&boot, "a          | one\n");
	let_pass(&boot, 1);
	boot_expect_log(&boot, "a          | two\n");
	let_pass(&boot, 2);
	boot_expect_log(&boot, "a          | three\n");
	let_pass(&boot, 3);
	boot_expect_log(&boot, "a          | 4\n");
	let_pass(&boot, 4);
	cr_expect(boot_end(&boot) == 0);
	cr_expect(!strstr(strstr(boot.log.text, "| one") + 1, "| one"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* It is given up after a second, which a busy machine may take to make it: one in five times will
 * do. */
Test(follow, directory_may_come_after_the_start)
{
	bool followed = false;

	for (int i = 0; i < 5 && !followed; i++) {
		struct boot boot;

		start(&boot, "sub/file",
			"mkdir @/sub; echo /sub/file is there >@/sub/file; read _ <@/gate1\n");
		/* There, or given up. */
		boot_expect_log(&boot, "/sub/file is ");
		followed = boot_logged(&boot, "a          | /sub/file is ");
		let_pass(&boot, 1);
		cr_expect(boot_end(&boot) == 0);
		boot_finish(&boot);
	}
	cr_expect(followed);
}

Test(follow, directory_that_is_not_there_is_given_up)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nLogFollow=/nowhere/file\nExecStart=@/probe pause\n");
	boot_expect_log(&boot, "a: LogFollow=/nowhere/file is given up: No such file or directory");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

Test(follow, last_line_may_lack_its_end_and_lines_may_be_long)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot, "file",
			  "head -c 10000 /dev/zero | tr '\\0' x >@/file; echo >>@/file; "
			  "printf last >>@/file\n") == 0);
	cr_expect(boot_logged(&boot, "| last"), "%s", boot.log.text);
	const char *line = strstr(boot.log.text, "| x");
	cr_assert(line);
	cr_expect(strspn(line + 2, "x") == 10000, "%zu", strspn(line + 2, "x"));
	boot_finish(&boot);
}

/* 2 MB at once, of which nothing may be lost. */
Test(follow, much_at_once_comes_out_whole)
{
	struct boot boot;

	start(&boot, "file", "seq -f 'number %.0f' 1 150000 >@/file; read _ <@/gate1\n");
	boot_expect_log(&boot, "| number 150000\n");
	let_pass(&boot, 1);
	cr_expect(boot_end(&boot) == 0);
	const char *at = boot.log.text;
	long count = 0;

	while ((at = strstr(at, "| number ")) != NULL) {
		cr_assert(strtol(at + 9, NULL, 10) == ++count);
		at++;
	}
	cr_expect(count == 150000, "%ld", count);
	boot_finish(&boot);
}

Test(follow, link_is_not_followed)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run(&boot, "file", "ln -s @/secret @/file; echo secret >>@/secret; sleep .2\n") ==
		  0);
	cr_expect(!boot_logged(&boot, "| secret"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(follow, its_lines_make_ready)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "script", "echo up >>@/file; sleep 100\n");
	cr_expect(
		boot_run(&boot,
			"[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=a\nRequires=a\n"
			"ExecStart=@/probe exit:7\n[service:a]\nLogFollow=@/file\n"
			"StandardOutput=null\nReadyWhen=log:^up$\nExecStart=/bin/sh @/script\n") ==
			7,
		"%s", boot.log.text);
	boot_finish(&boot);
}
