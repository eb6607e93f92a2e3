/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <string.h>

#include "services/mountinfo.h"

static struct mount_line line;

Test(mountinfo, takes_number_point_and_type)
{
	cr_assert(mountinfo_parse(
		"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw", &line));
	cr_expect_eq(line.id, 36);
	cr_expect_str_eq(line.point, "/mnt2");
	cr_expect_str_eq(line.type, "ext3");
}

Test(mountinfo, takes_escapes_back)
{
	cr_assert(mountinfo_parse("1 2 0:3 / /a\\040b\\134\\011 rw - tmpfs tmpfs rw", &line));
	cr_expect_str_eq(line.point, "/a b\\\t");
	cr_assert(mountinfo_parse("1 2 0:3 / /a\\09 rw - tmpfs tmpfs rw", &line));
	cr_expect_str_eq(line.point, "/a\\09");
}

Test(mountinfo, refuses_what_is_no_line)
{
	static const char *const bad[] = { "", "x", "1", "1 2 0:3 /", "1 2 0:3 / /a rw",
		"1 2 0:3 / /a rw - ", "1 2 0:3 / a rw - tmpfs t rw",
		"99999999999999999999 2 0:3 / /a rw - tmpfs t rw", "-1 2 0:3 / /a rw - tmpfs t rw",
		"1 2 0:3 / /a\\000 rw - tmpfs t rw" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_expect(!mountinfo_parse(bad[i], &line), "%s", bad[i]);
	}
}

Test(mountinfo, refuses_a_point_that_is_too_long)
{
	char text[2 * MOUNT_POINT_SIZE] = "1 2 0:3 / /";

	memset(text + strlen(text), 'a', MOUNT_POINT_SIZE);
	strcat(text, " rw - tmpfs t rw");
	cr_expect(!mountinfo_parse(text, &line));
}

static void count(const struct mount_line *mount, void *data)
{
	*(int *)data += mount->point[0] == '/';
}

Test(mountinfo, reads_our_own)
{
	int mounts = 0;

	cr_expect_eq(mountinfo_for_each(count, &mounts), 0);
	cr_expect(mounts > 0);
}
