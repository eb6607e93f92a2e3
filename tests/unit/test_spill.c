/* SPDX-License-Identifier: MIT */
/* Bytes that wait on disk: in order, and the disk is given back. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/spill.h"

enum {
	PIECE = 32768,
	PIECES = 128,
};

static void open_pipe(int ends[2])
{
	cr_assert(pipe(ends) == 0);
	cr_assert(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
}

/* The `number`th piece of what is written, no two alike. */
static void make_piece(uint32_t *piece, uint32_t number)
{
	for (uint32_t i = 0; i < PIECE / sizeof(*piece); i++) {
		piece[i] = number * (PIECE / (uint32_t)sizeof(*piece)) + i;
	}
}

static void take_piece(struct spill *spill, const int ends[2], uint32_t number)
{
	uint32_t piece[PIECE / sizeof(uint32_t)];

	make_piece(piece, number);
	cr_assert(write(ends[1], piece, PIECE) == PIECE);
	for (ssize_t taken = 0; taken < PIECE;) {
		ssize_t n = spill_take(spill, ends[0]);

		cr_assert(n > 0);
		taken += n;
	}
}

static void expect_piece(struct spill *spill, uint32_t number)
{
	uint32_t wanted[PIECE / sizeof(uint32_t)];
	char given[PIECE];

	make_piece(wanted, number);
	for (size_t length = 0; length < PIECE;) {
		/* In other portions than it came in. */
		size_t most = PIECE - length < 5000 ? PIECE - length : 5000;
		ssize_t n = spill_give(spill, given + length, most);

		cr_assert(n > 0);
		length += (size_t)n;
	}
	cr_assert(memcmp(wanted, given, PIECE) == 0, "piece %u", number);
}

Test(spill, gives_what_it_took_in_order)
{
	struct spill spill = SPILL_EMPTY;
	int ends[2];

	open_pipe(ends);
	for (uint32_t i = 0; i < PIECES; i++) {
		take_piece(&spill, ends, i);
	}
	cr_expect(spill_length(&spill) == (off_t)PIECE * PIECES);
	for (uint32_t i = 0; i < PIECES; i++) {
		cr_expect(!spill_is_empty(&spill));
		expect_piece(&spill, i);
	}
	cr_expect(spill_is_empty(&spill) && spill_length(&spill) == 0);
}

Test(spill, tells_an_empty_pipe_from_its_end)
{
	struct spill spill = SPILL_EMPTY;
	int ends[2];

	open_pipe(ends);
	cr_expect(spill_take(&spill, ends[0]) == -EAGAIN);
	cr_expect(spill_is_empty(&spill));
	take_piece(&spill, ends, 0);
	close(ends[1]);
	cr_expect(spill_take(&spill, ends[0]) == 0);
	expect_piece(&spill, 0);
}

/* It would grow for ever where a service is a little ahead all the time. */
Test(spill, what_was_given_takes_no_room_on_disk)
{
	struct spill spill = SPILL_EMPTY;
	struct stat status;
	int ends[2];

	open_pipe(ends);
	take_piece(&spill, ends, 0);
	for (uint32_t i = 0; i < PIECES; i++) {
		take_piece(&spill, ends, i + 1);
		expect_piece(&spill, i);
	}
	cr_assert(fstat(spill.fd, &status) == 0);
	cr_expect(status.st_size > PIECE * (PIECES - 1L));
	cr_expect(status.st_blocks * 512L < PIECE * (PIECES / 2L), "%ld blocks",
		(long)status.st_blocks);
	spill_finish(&spill);
}

Test(spill, leaves_in_the_pipe_what_finds_no_room)
{
	static const struct rlimit limit = { .rlim_cur = PIECE, .rlim_max = PIECE };
	struct spill spill = SPILL_EMPTY;
	uint32_t piece[PIECE / sizeof(uint32_t)];
	uint32_t wanted[PIECE / sizeof(uint32_t)];
	int ends[2];

	open_pipe(ends);
	signal(SIGXFSZ, SIG_IGN);
	cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	take_piece(&spill, ends, 0);
	make_piece(wanted, 1);
	cr_assert(write(ends[1], wanted, PIECE) == PIECE);
	cr_expect(spill_take(&spill, ends[0]) < 0);
	cr_expect(read(ends[0], piece, PIECE) == PIECE);
	cr_expect(memcmp(piece, wanted, PIECE) == 0);
	expect_piece(&spill, 0);
}

Test(spill, holds_so_much_and_no_more)
{
	struct spill spill = SPILL_EMPTY;
	int ends[2];

	open_pipe(ends);
	take_piece(&spill, ends, 0);
	/* As if all that were in it. */
	spill.end = SPILL_MAX;
	cr_assert(write(ends[1], "x", 1) == 1);
	cr_expect(spill_take(&spill, ends[0]) == -EFBIG);
	spill_finish(&spill);
}

Test(spill, goes_where_there_is_a_folder)
{
	struct spill spill = SPILL_EMPTY;
	int ends[2];

	open_pipe(ends);
	setenv("TMPDIR", "/nowhere", 1);
	take_piece(&spill, ends, 7);
	expect_piece(&spill, 7);
}

Test(spill, what_cannot_be_read_any_more_is_told)
{
	struct spill spill = SPILL_EMPTY;
	char byte;
	int ends[2];

	open_pipe(ends);
	take_piece(&spill, ends, 0);
	cr_assert(ftruncate(spill.fd, 0) == 0);
	cr_expect(spill_give(&spill, &byte, 1) == -EIO);
	cr_expect(spill_is_empty(&spill));
}
