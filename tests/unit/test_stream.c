/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/stream.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "host-launcher/base/buffer.h"

/* Three frames: output "hello", errors "", output "\0\1x". */
static const char frames[] = "\1\0\0\0\0\0\0\5hello"
			     "\2\0\0\0\0\0\0\0"
			     "\1\0\0\0\0\0\0\3\0\1x";
enum {
	FRAMES_LENGTH = sizeof(frames) - 1,
};

static void collect(enum stream_source source, const char *data, size_t length, void *user)
{
	cr_assert_eq(source, STREAM_STDOUT);
	cr_assert_gt(length, 0);
	buffer_append(user, data, length);
}

Test(stream, means_the_same_however_it_is_split)
{
	for (size_t first = 0; first <= FRAMES_LENGTH; first++) {
		for (size_t second = first; second <= FRAMES_LENGTH; second++) {
			struct stream stream = { 0 };
			struct buffer out = { 0 };
			cr_assert_eq(stream_feed(&stream, frames, first, collect, &out), 0);
			cr_assert_eq(
				stream_feed(&stream, frames + first, second - first, collect, &out),
				0);
			cr_assert_eq(stream_feed(&stream, frames + second, FRAMES_LENGTH - second,
					     collect, &out),
				0);
			cr_assert_eq(out.length, 8);
			cr_assert_eq(memcmp(out.data, "hello\0\1x", 8), 0);
			cr_assert(stream_at_boundary(&stream));
			buffer_finish(&out);
		}
	}
}

Test(stream, knows_when_it_ends_within_a_frame)
{
	for (size_t length = 0; length <= FRAMES_LENGTH; length++) {
		struct stream stream = { 0 };
		struct buffer out = { 0 };
		bool whole = length == 0 || length == 13 || length == 21 || length == FRAMES_LENGTH;
		stream_feed(&stream, frames, length, collect, &out);
		cr_assert_eq(!!stream_at_boundary(&stream), whole, "at %zu", length);
		buffer_finish(&out);
	}
}

static enum stream_source last_source;

static void note_source(enum stream_source source, const char *data, size_t length, void *user)
{
	(void)data;
	(void)length;
	(void)user;
	last_source = source;
}

Test(stream, tells_the_sources_apart)
{
	for (int source = STREAM_STDIN; source <= STREAM_SYSTEM_ERROR; source++) {
		struct stream stream = { 0 };
		char frame[] = "?\0\0\0\0\0\0\1x";
		frame[0] = (char)source;
		cr_assert_eq(stream_feed(&stream, frame, sizeof(frame) - 1, note_source, NULL), 0);
		cr_assert_eq((int)last_source, source);
	}
}

Test(stream, refuses_what_is_no_header)
{
	static const char *const bad[] = { "\4\0\0\0", "HTTP", "\1\1\0\0", "\1\0\1\0", "\1\0\0\1" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct stream stream = { 0 };
		cr_assert_eq(stream_feed(&stream, bad[i], 4, note_source, NULL), -EPROTO);
	}
}

Test(stream, a_huge_frame_is_passed_on_in_pieces)
{
	struct stream stream = { 0 };
	struct buffer out = { 0 };
	cr_assert_eq(stream_feed(&stream, "\1\0\0\0\xff\xff\xff\xff", 8, collect, &out), 0);
	cr_assert_eq(stream_feed(&stream, "abc", 3, collect, &out), 0);
	cr_assert_eq(stream.left, UINT32_MAX - 3);
	buffer_finish(&out);
}
