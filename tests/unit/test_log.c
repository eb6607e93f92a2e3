/* SPDX-License-Identifier: MIT */
/* The log while its reader is slow: what is held back goes on whoever makes the room. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
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
	cr_assert(log_init(&scene->log, scene->loop, scene->output[1], 2) == 0);
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

/* A service has written all it has to say, and waits. */
static void write_much(struct scene *scene)
{
	int fd = log_channel_open(&scene->log, 0);
	char line[LINE + 1];

	cr_assert(fcntl(fd, F_SETPIPE_SZ, LARGE_PIPE) >= LINES * LINE);
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%063d\n", i);
		cr_assert(write(fd, line, LINE) == LINE);
	}
	run_loop(scene);
	cr_assert(scene->log.waiting, "the output took it all");
}

/* The output takes all there is at once, before the loop gets to see that. */
static void set_up_with_room(struct scene *scene)
{
	set_up(scene);
	write_much(scene);
	cr_assert(fcntl(scene->output[1], F_SETPIPE_SZ, LARGE_PIPE) == LARGE_PIPE);
}

static int count_lines(struct scene *scene)
{
	static char text[LARGE_PIPE + 1];
	int count = 0;
	ssize_t length = read(scene->output[0], text, LARGE_PIPE);

	cr_assert(length > 0);
	text[length] = '\0';
	for (char *at = text; (at = strstr(at, "many       | 000")); at++) {
		count++;
	}
	return count;
}

/* What was held back comes by itself once the loop runs. */
static void expect_the_rest(struct scene *scene)
{
	run_loop(scene);
	cr_expect(count_lines(scene) == LINES);
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
