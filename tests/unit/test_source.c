/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/source.h"

#include <criterion/criterion.h>

Test(source, mounts_below_the_tree_are_found)
{
	static const char text[] = "1 2 0:3 / / rw - ext4 /dev/x rw\n"
				   "1 2 0:3 / /home/src rw,nosuid shared:1 - tmpfs tmpfs rw\n"
				   "1 2 0:3 / /home/src/a\\040b rw - tmpfs tmpfs rw\n"
				   "1 2 0:3 / /home/src2/c rw - tmpfs tmpfs rw\n"
				   "short\n"
				   "1 2 0:3 / /home/src/d";
	struct string_list mounts = { 0 };
	source_find_mounts(text, "/home/src", &mounts);
	cr_assert_eq(mounts.count, 2);
	cr_assert_str_eq(mounts.items[0], "/home/src/a b");
	cr_assert_str_eq(mounts.items[1], "/home/src/d");
	string_list_finish(&mounts);
}
