/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/output.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static int log_file(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
	cr_assert_geq(fd, 0);
	return fd;
}

/* A reader that takes its time loses nothing, and output_flush() never blocks. */
Test(output, a_slow_reader_gets_everything)
{
	int ends[2];
	struct output output;
	struct buffer got = { 0 };
	struct buffer sent = { 0 };
	cr_assert_eq(pipe(ends), 0);
	int log_fd = log_file();
	int log_copy = dup(log_fd);
	output_init(&output, ends[1], log_fd);
	for (int round = 0; round < 200; round++) {
		char chunk[5000];
		memset(chunk, 'a' + round % 26, sizeof(chunk));
		if (!output_full(&output)) {
			output_add(&output, chunk, sizeof(chunk));
			buffer_append(&sent, chunk, sizeof(chunk));
		}
		output_flush(&output);
		if (round % 2) {
			char taken[4096];
			ssize_t length = read(ends[0], taken, sizeof(taken));
			buffer_append(&got, taken, length > 0 ? (size_t)length : 0);
		}
	}
	while (output_pending(&output)) {
		char taken[4096];
		output_flush(&output);
		ssize_t length = read(ends[0], taken, sizeof(taken));
		buffer_append(&got, taken, (size_t)length);
	}
	output_finish(&output);
	close(ends[1]);
	char rest[65536];
	for (ssize_t length; (length = read(ends[0], rest, sizeof(rest))) > 0;) {
		buffer_append(&got, rest, (size_t)length);
	}
	cr_assert_eq(got.length, sent.length);
	cr_assert_eq(memcmp(got.data, sent.data, sent.length), 0);
	cr_assert_eq(lseek(log_copy, 0, SEEK_END), (off_t)sent.length, "the log is whole, too");
	close(log_copy);
	buffer_finish(&got);
	buffer_finish(&sent);
}

Test(output, a_reader_that_goes_away_is_no_end)
{
	int ends[2];
	struct output output;
	signal(SIGPIPE, SIG_IGN);
	cr_assert_eq(pipe(ends), 0);
	close(ends[0]);
	int log_fd = log_file();
	int log_copy = dup(log_fd);
	output_init(&output, ends[1], log_fd);
	output_add(&output, "one\n", 4);
	output_flush(&output);
	cr_assert(output.broken);
	cr_assert_not(output_pending(&output));
	output_add(&output, "two\n", 4);
	cr_assert_not(output_pending(&output));
	output_close_log(&output);
	cr_assert_eq(output.log_error, 0);
	cr_assert_eq(lseek(log_copy, 0, SEEK_END), 8);
	close(log_copy);
	output_finish(&output);
}

Test(output, a_full_disk_is_remembered_and_the_stream_goes_on)
{
	int ends[2];
	struct output output;
	cr_assert_eq(pipe(ends), 0);
	output_init(&output, ends[1], open("/dev/full", O_WRONLY));
	output_add(&output, "one\n", 4);
	output_add(&output, "two\n", 4);
	output_flush(&output);
	output_close_log(&output);
	cr_assert_eq(output.log_error, ENOSPC);
	char got[16];
	cr_assert_eq(read(ends[0], got, sizeof(got)), 8);
	output_finish(&output);
}
