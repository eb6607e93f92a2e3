/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_rootfs.h"

#include <criterion/criterion.h>

Test(image_rootfs, the_date_of_a_release_file)
{
	int64_t date = 0;
	cr_assert_eq(image_rootfs_release_date("Origin: Debian\n"
					       "Date: Sun, 22 Nov 2026 19:58:56 UTC\n"
					       "Valid-Until: Sun, 29 Nov 2026 19:58:56 UTC\n",
			     &date),
		0);
	cr_assert_eq(date, 1795377536);
}

Test(image_rootfs, no_date_is_an_error_and_not_1970)
{
	static const char *const bad[] = { "", "Origin: Debian\n", "\nDate: yesterday\n",
		"Valid-Until-Date: Sun, 22 Nov 2026 19:58:56 UTC\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t date = 7;
		cr_assert_lt(image_rootfs_release_date(bad[i], &date), 0);
		cr_assert_eq(date, 7);
	}
}
