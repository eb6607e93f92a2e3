/* SPDX-License-Identifier: MIT */
/* What Main= leaves behind is told, and removed if that is wanted. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/integration/boot.h"

#define MOUNTS                                                                                     \
	"[service:m]\nType=oneshot\nExecStart=/bin/mkdir -p @/a @/b\n"                             \
	"ExecStart=/bin/mount -t tmpfs one @/a\nExecStart=/bin/mount -t tmpfs two @/b\n"           \
	"ExecStart=/bin/mkdir @/a/c\nExecStart=/bin/mount --bind @/b @/a/c\n"

static const char *where(const struct boot *boot, const char *text)
{
	return strstr(boot->log.text, text);
}

Test(leaks, mounts_are_told_the_last_first)
{
	struct boot boot;
	char last[128], first[128];

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n" MOUNTS) == 0, "%s", boot.log.text);
	snprintf(last, sizeof(last), "m left a mount: %s/a/c (tmpfs)\n", boot.directory);
	snprintf(first, sizeof(first), "m left a mount: %s/a (tmpfs)\n", boot.directory);
	cr_assert(where(&boot, last) && where(&boot, first), "%s", boot.log.text);
	cr_expect(where(&boot, last) < where(&boot, first), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(leaks, mounts_are_removed_if_wanted)
{
	struct boot boot;
	char text[128];

	boot_init(&boot);
	cr_expect(
		boot_run(&boot, "[init]\nMain=m\nCleanUp=yes\n" MOUNTS) == 0, "%s", boot.log.text);
	for (const char *const *name = (const char *const[]) { "a/c", "b", "a", NULL }; *name;
		name++) {
		snprintf(text, sizeof(text), "m left a mount: %s/%s (tmpfs), unmounted\n",
			boot.directory, *name);
		cr_expect(where(&boot, text), "no \"%s\" in:\n%s", text, boot.log.text);
	}
	boot_finish(&boot);
}

Test(leaks, nothing_left_is_not_worth_a_word)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\nCleanUp=yes\n[service:m]\nType=oneshot\n"
				  "ExecStart=/bin/mkdir @/a\n"
				  "ExecStart=/bin/mount -t tmpfs one @/a\n"
				  "ExecStart=/bin/umount @/a\n") == 0,
		"%s", boot.log.text);
	cr_expect(!boot_logged(&boot, " left a "), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(leaks, processes_are_told_when_the_main_process_ends)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\n[service:m]\nType=oneshot\n"
				  "ExecStart=@/probe hold:USR1 fork setsid poke:USR1 pause end "
				  "await:USR1 exit:3\n") == 3,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m left a process: 3 probe\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(leaks, processes_that_a_stop_ends_are_not_left)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[init]\nMain=m\n[service:m]\n"
			     "ExecStart=@/probe fork event:up pause end pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, 15);
	boot_end(&boot);
	cr_expect(!boot_logged(&boot, " left a "), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Attaches a loop device, where the machine has one free. */
Test(leaks, loop_device_is_detached_if_wanted)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=m\nCleanUp=yes\n[service:m]\nType=oneshot\n"
				  "ExecStart=/usr/bin/truncate -s 1M @/image\n"
				  "ExecStart=/sbin/losetup --find @/image\n") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "m left a loop device: /dev/loop"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "/image, detached\n"), "%s", boot.log.text);
	boot_finish(&boot);
}
