/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/newest.h"

#include <criterion/criterion.h>

Test(newest, is_settled_when_it_comes_twice)
{
	struct newest newest = { 0 };
	cr_expect_not(newest_is_settled(&newest));
	newest_keep(&newest, STREAM_STDOUT, "a\n", 2);
	newest_keep(&newest, STREAM_STDOUT, "12\n", 3);
	cr_expect_not(newest_is_settled(&newest));
	newest_end_reading(&newest);
	cr_expect_not(newest_is_settled(&newest));
	newest_keep(&newest, STREAM_STDOUT, "12\n", 3);
	cr_expect(newest_is_settled(&newest));
	newest_clear(&newest);
	newest_end_reading(&newest);
	cr_expect_not(newest_is_settled(&newest));
	newest_finish(&newest);
}

Test(newest, is_not_settled_when_it_grew_or_is_of_the_other_stream)
{
	struct newest newest = { 0 };
	newest_keep(&newest, STREAM_STDOUT, "12\n", 3);
	newest_end_reading(&newest);
	newest_keep(&newest, STREAM_STDOUT, "1234\n", 5);
	cr_expect_not(newest_is_settled(&newest));
	newest_end_reading(&newest);
	newest_keep(&newest, STREAM_STDERR, "1234\n", 5);
	cr_expect_not(newest_is_settled(&newest));
	newest_end_reading(&newest);
	newest_keep(&newest, STREAM_STDERR, "1234\n", 5);
	cr_expect(newest_is_settled(&newest));
	newest_finish(&newest);
}
