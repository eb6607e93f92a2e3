/* SPDX-License-Identifier: MIT */
/* The log while its reader is slow: what is held back goes on whoever makes the room. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "init/log.h"

enum {
	LARGE_PIPE = 1048576,
	LINE = 64,
	/* More than the output's pipe, the ring and the channel's own buffer take together. */
	LINES = 6000,
};

struct scene {
	struct ev_loop *loop;
	struct log log;
	int output[2];
};

static void set_up(struct scene *scene)
{
	scene->loop = ev_loop_new(EVFLAG_AUTO);
	cr_assert(scene->loop);
	cr_assert(pipe(scene->output) == 0);
	cr_assert(fcntl(scene->output[0], F_SETFL, O_NONBLOCK) == 0);
	cr_assert(log_init(&scene->log, scene->loop, scene->output[1], LOG_SHORT, 2) == 0);
	log_channel_name(&scene->log, 0, "many");
	log_channel_name(&scene->log, 1, "few");
}

static void tear_down(struct scene *scene)
{
	log_finish(&scene->log);
	ev_loop_destroy(scene->loop);
	close(scene->output[0]);
	close(scene->output[1]);
}

static void run_loop(struct scene *scene)
{
	for (int i = 0; i < 2 * LINES; i++) {
		ev_run(scene->loop, EVRUN_NOWAIT);
	}
}

/* Lines with numbers from `first` on. */
static void write_lines(struct scene *scene, int first, int count)
{
	int fd = log_channel_open(&scene->log, 0);
	char line[LINE + 1];

	cr_assert(fcntl(fd, F_SETPIPE_SZ, LARGE_PIPE) >= LINES * LINE);
	for (int i = 0; i < count; i++) {
		snprintf(line, sizeof(line), "%063d\n", first + i);
		cr_assert(write(fd, line, LINE) == LINE);
	}
}

/* A service has written all it has to say, and waits. */
static void write_much(struct scene *scene)
{
	write_lines(scene, 0, LINES);
	run_loop(scene);
	cr_assert(scene->log.waiting, "the output took it all");
}

static void make_room(struct scene *scene)
{
	cr_assert(fcntl(scene->output[1], F_SETPIPE_SZ, LARGE_PIPE) == LARGE_PIPE);
}

/* The output takes all there is at once, before the loop gets to see that. */
static void set_up_with_room(struct scene *scene)
{
	set_up(scene);
	write_much(scene);
	make_room(scene);
}

static const char *read_output(struct scene *scene)
{
	static char text[LARGE_PIPE + 1];
	ssize_t length = read(scene->output[0], text, LARGE_PIPE);

	cr_assert(length > 0);
	text[length] = '\0';
	return text;
}

/* All lines, in order. */
static void expect_lines(const char *text, int count)
{
	char wanted[2 * LINE];

	for (int i = 0; i < count; i++) {
		snprintf(wanted, sizeof(wanted), "many       | %063d\n", i);
		text = strstr(text, wanted);
		cr_assert(text, "line %d", i);
		text += strlen(wanted);
	}
	cr_expect(!strstr(text, "many       | 0000"));
}

/* What was held back comes by itself once the loop runs. */
static void expect_the_rest(struct scene *scene)
{
	run_loop(scene);
	expect_lines(read_output(scene), LINES);
	tear_down(scene);
}

Test(log, goes_on_where_the_room_was_made_by_a_line_of_its_own)
{
	struct scene scene;

	set_up_with_room(&scene);
	log_print(&scene.log, "a service ended");
	expect_the_rest(&scene);
}

Test(log, goes_on_where_the_room_was_made_by_the_end_of_another_service)
{
	struct scene scene;

	set_up_with_room(&scene);
	log_channel_flush(&scene.log, 1);
	expect_the_rest(&scene);
}

Test(log, goes_on_where_the_room_was_made_by_catching_up)
{
	struct scene scene;

	set_up_with_room(&scene);
	log_channel_catch_up(&scene.log, 1);
	expect_the_rest(&scene);
}

/* No line of another service's may wake those that wait: that would be a loop that spins. */
Test(log, waits_for_the_output_only)
{
	struct scene scene;

	set_up(&scene);
	write_much(&scene);
	ev_io *watch = &scene.log.channels[0].watch;

	cr_expect(!ev_is_active(watch), "its pipe is still watched");
	log_print(&scene.log, "no room");
	cr_expect(scene.log.waiting && !ev_is_active(watch));
	tear_down(&scene);
}

/* A reload may start a service anew while what it wrote before is still in its pipe. */
Test(log, what_was_not_read_as_a_service_ended_comes_before_what_it_writes_next)
{
	struct scene scene;

	set_up(&scene);
	write_lines(&scene, 0, LINES - 1);
	run_loop(&scene);
	log_channel_close(&scene.log, 0);
	write_lines(&scene, LINES - 1, 1);
	make_room(&scene);
	expect_the_rest(&scene);
}

static void set_up_spilling(struct scene *scene)
{
	set_up(scene);
	log_channel_overflow(&scene->log, 0, LOG_OVERFLOW_SPILL);
	write_much(scene);
}

static int unread(const struct scene *scene)
{
	int bytes = -1;

	cr_assert(ioctl(scene->log.channels[0].read_fd, FIONREAD, &bytes) == 0);
	return bytes;
}

Test(log, spills_so_that_nobody_waits_and_all_comes_in_order)
{
	struct scene scene;

	set_up_spilling(&scene);
	cr_expect(unread(&scene) == 0, "it waits");
	write_lines(&scene, LINES, LINES);
	run_loop(&scene);
	cr_expect(unread(&scene) == 0, "it waits");
	make_room(&scene);
	run_loop(&scene);
	expect_lines(read_output(&scene), 2 * LINES);
	cr_expect(spill_is_empty(&scene.log.channels[0].spill));
	cr_expect(!scene.log.waiting, "it goes on waiting");
	tear_down(&scene);
}

Test(log, what_spilled_comes_though_its_writer_is_gone)
{
	struct scene scene;

	set_up_spilling(&scene);
	write_lines(&scene, LINES, 1);
	cr_assert(write(scene.log.channels[0].write_fd, "no newline", 10) == 10);
	run_loop(&scene);
	log_channel_close(&scene.log, 0);
	run_loop(&scene);
	cr_expect(log_is_behind(&scene.log));
	make_room(&scene);
	run_loop(&scene);
	const char *text = read_output(&scene);

	expect_lines(text, LINES + 1);
	cr_expect(strstr(text, "many       | no newline\n"));
	cr_expect(!log_is_behind(&scene.log));
	tear_down(&scene);
}

/* At the end of all nothing runs any more but the drain. */
Test(log, what_spilled_is_drained)
{
	struct scene scene;

	set_up_spilling(&scene);
	cr_expect(log_drain(&scene.log, 0) > 0, "nothing is held back");
	make_room(&scene);
	cr_expect(log_drain(&scene.log, 10000) == 0);
	expect_lines(read_output(&scene), LINES);
	tear_down(&scene);
}

Test(log, without_room_on_disk_a_spilling_service_waits)
{
	static const struct rlimit limit = { .rlim_cur = LINE, .rlim_max = LINE };
	struct scene scene;

	signal(SIGXFSZ, SIG_IGN);
	cr_assert(setrlimit(RLIMIT_FSIZE, &limit) == 0);
	set_up_spilling(&scene);
	cr_expect(unread(&scene) > 0, "where is it?");
	cr_expect(!ev_is_active(&scene.log.channels[0].watch), "its pipe is still watched");
	make_room(&scene);
	expect_the_rest(&scene);
}

Test(log, what_spilled_leaves_others_their_turn)
{
	struct scene scene;

	set_up_spilling(&scene);
	cr_assert(write(log_channel_open(&scene.log, 1), "me too\n", 7) == 7);
	run_loop(&scene);
	make_room(&scene);
	run_loop(&scene);
	const char *text = read_output(&scene);
	const char *other = strstr(text, "few        | me too\n");
	char last[LINE];

	snprintf(last, sizeof(last), "%063d", LINES - 1);
	cr_assert(other);
	cr_expect(other < strstr(text, last), "it came last");
	tear_down(&scene);
}

Test(log, what_spilled_survives_that_channels_are_rearranged)
{
	static const ssize_t from[] = { 1, 0, -1 };
	struct scene scene;

	set_up_spilling(&scene);
	cr_assert(log_rearrange(&scene.log, 3, from) == 0);
	log_channel_name(&scene.log, 0, "few");
	log_channel_name(&scene.log, 1, "many");
	log_channel_name(&scene.log, 2, "new");
	make_room(&scene);
	expect_the_rest(&scene);
}

static ev_io *first_watch(struct scene *scene)
{
	return &scene->log.channels[0].watch;
}

/* It has lost lines, and there is no room yet to say so. */
static void set_up_dropping(struct scene *scene)
{
	set_up(scene);
	log_channel_overflow(&scene->log, 0, LOG_OVERFLOW_DROP);
	write_much(scene);
	cr_assert(scene->log.channels[0].dropped_lines > 0);
	log_channel_close(&scene->log, 0);
	run_loop(scene);
}

/* A loop that watches the end of a pipe spins. */
Test(log, the_end_of_one_that_dropped_lines_waits_for_room)
{
	struct scene scene;

	set_up_dropping(&scene);
	cr_expect(!ev_is_active(first_watch(&scene)), "its end is still watched");
	make_room(&scene);
	run_loop(&scene);
	cr_expect(strstr(read_output(&scene), "berth-init | many: "));
	cr_expect(!log_is_behind(&scene.log));
	cr_expect(!scene.log.waiting, "it goes on waiting");
	tear_down(&scene);
}

Test(log, one_that_drops_lines_does_not_wait_when_it_is_started_anew)
{
	struct scene scene;

	set_up_dropping(&scene);
	write_lines(&scene, LINES, LINES);
	run_loop(&scene);
	cr_expect(unread(&scene) == 0, "it waits");
	tear_down(&scene);
}

static void expect_last_line_waits(enum log_overflow overflow)
{
	static const char text[] = "a last line that is far longer than any room that was left by "
				   "those of its own, and that does not end";
	struct scene scene;

	set_up(&scene);
	log_channel_overflow(&scene.log, 0, overflow);
	while (!scene.log.lost) {
		log_print(&scene.log, "no room");
	}
	cr_assert(write(log_channel_open(&scene.log, 0), text, sizeof(text) - 1) > 0);
	run_loop(&scene);
	log_channel_close(&scene.log, 0);
	run_loop(&scene);
	cr_expect(!ev_is_active(first_watch(&scene)), "its end is still watched");
	make_room(&scene);
	run_loop(&scene);
	cr_expect(strstr(read_output(&scene), text));
	cr_expect(!log_is_behind(&scene.log));
	tear_down(&scene);
}

Test(log, the_end_of_a_last_line_without_room_waits_for_it)
{
	expect_last_line_waits(LOG_OVERFLOW_BLOCK);
	expect_last_line_waits(LOG_OVERFLOW_SPILL);
}
