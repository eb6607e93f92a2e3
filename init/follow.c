/* SPDX-License-Identifier: MIT */
#include "init/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/unit.h"
#include "services/ready.h"

enum {
	/* What is copied at the end, so that a file that never stops growing does not hold it up.
	 */
	REST_PIECES_MAX = 256,
};

static const char *path_of(const struct unit *unit)
{
	return unit_service(unit)->config->log_follow;
}

static bool is_following(const struct unit *unit)
{
	return unit->follow->changes.fd >= 0;
}

static void close_file(struct follow *f)
{
	if (f->fd >= 0) {
		close(f->fd);
		f->fd = -1;
	}
}

/* The service may own the directory: neither a link nor a FIFO is followed for it. */
static bool open_file(struct unit *unit, bool at_end)
{
	struct follow *f = unit->follow;
	struct stat status;
	int fd = open(path_of(unit), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0) {
		return false;
	}
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		close(fd);
		return false;
	}
	close_file(f);
	f->fd = fd;
	f->inode = status.st_ino;
	f->offset = at_end ? status.st_size : 0;
	if (f->watch >= 0) {
		inotify_rm_watch(f->changes.fd, f->watch);
	}
	f->watch = inotify_add_watch(f->changes.fd, path_of(unit), IN_MODIFY | IN_DONT_FOLLOW);
	return true;
}

/* How much of `length` bytes is whole lines. The rest of a line is waited for. */
static size_t whole_lines(const char *bytes, size_t length)
{
	const char *last = memrchr(bytes, '\n', length);

	return last ? (size_t)(last - bytes) + 1 : 0;
}

/* Copies one piece; with `all`, a line without its end as well. Returns whether there may be more.
 */
static bool copy_piece(struct unit *unit, bool all)
{
	struct follow *f = unit->follow;
	char bytes[FOLLOW_PIECE_MAX];
	ssize_t n = f->fd < 0 ? 0 : pread(f->fd, bytes, sizeof(bytes), f->offset);

	if (n <= 0) {
		return false;
	}
	all = all || n == FOLLOW_PIECE_MAX;
	size_t length = whole_lines(bytes, (size_t)n);
	length = length || !all ? length : (size_t)n;
	ssize_t written = length ? write(f->room.fd, bytes, length) : 0;
	f->offset += written > 0 ? written : 0;
	return written > 0 || (length && errno == EAGAIN);
}

/* Goes on where there is room in the pipe, one piece a turn. */
static void go_on(struct unit *unit, bool more)
{
	struct follow *f = unit->follow;
	struct ev_loop *loop = unit->manager->loop;

	if (!more) {
		ev_io_stop(loop, &f->room);
	} else if (!ev_is_active(&f->room)) {
		ev_io_start(loop, &f->room);
	}
}

/* Another file has the name, or the same one is shorter. Its rest comes before the next one. */
static void look(struct unit *unit)
{
	struct follow *f = unit->follow;
	struct stat now;

	if (f->fd >= 0 && fstat(f->fd, &now) == 0 && now.st_size < f->offset) {
		f->offset = 0;
	}
	bool more = copy_piece(unit, false);
	bool other = lstat(path_of(unit), &now) == 0 && (f->fd < 0 || now.st_ino != f->inode);

	if (!more && other) {
		copy_piece(unit, true);
		more = open_file(unit, false);
	}
	go_on(unit, more);
}

static void on_room(struct ev_loop *loop, ev_io *io, int events)
{
	(void)loop;
	(void)events;
	look(io->data);
}

static void on_change(struct ev_loop *loop, ev_io *io, int events)
{
	char ignored[sizeof(struct inotify_event) + NAME_MAX + 1];

	(void)loop;
	(void)events;
	while (read(io->fd, ignored, sizeof(ignored)) > 0) {
	}
	look(io->data);
}

/* What lies there at the start is of former runs. */
static bool watch(struct unit *unit, bool at_end)
{
	struct follow *f = unit->follow;
	char directory[PATH_MAX];

	snprintf(directory, sizeof(directory), "%s", path_of(unit));
	*(strrchr(directory, '/') + 1) = '\0';
	if (inotify_add_watch(f->changes.fd, directory, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0) {
		return false;
	}
	open_file(unit, at_end);
	return true;
}

static void try_later(struct unit *unit)
{
	struct follow *f = unit->follow;

	f->retry.repeat = (double)f->delay_ms / 1000;
	ev_timer_again(unit->manager->loop, &f->retry);
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct unit *unit = timer->data;
	struct follow *f = unit->follow;

	(void)events;
	if (watch(unit, false)) {
		ev_timer_stop(loop, timer);
		look(unit);
	} else if (f->delay_ms >= READY_MAX_DELAY_MS) {
		ev_timer_stop(loop, timer);
		log_print(&unit->manager->log, "%s: LogFollow=%s is given up: %s",
			unit_service(unit)->config->name, path_of(unit), strerrordesc_np(errno));
	} else {
		f->delay_ms = ready_next_delay_ms(f->delay_ms);
		try_later(unit);
	}
}

static void start(struct unit *unit)
{
	struct follow *f = unit->follow;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	int pipe = log_channel_open(&unit->manager->log, f->channel);

	if (fd < 0 || pipe < 0) {
		log_print(&unit->manager->log, "%s: LogFollow= cannot be followed: %s",
			unit_service(unit)->config->name, strerrordesc_np(fd < 0 ? errno : -pipe));
		if (fd >= 0) {
			close(fd);
		}
		return;
	}
	/* No service has this end, so that it need not block. */
	fcntl(pipe, F_SETFL, O_NONBLOCK);
	ev_io_set(&f->room, pipe, EV_WRITE);
	f->watch = -1;
	ev_io_set(&f->changes, fd, EV_READ);
	ev_io_start(unit->manager->loop, &f->changes);
	f->delay_ms = READY_FIRST_DELAY_MS;
	if (watch(unit, true)) {
		/* What came before the watch was there is not told of. */
		look(unit);
	} else {
		try_later(unit);
	}
}

static void stop(struct unit *unit)
{
	struct follow *f = unit->follow;
	struct ev_loop *loop = unit->manager->loop;

	ev_io_stop(loop, &f->changes);
	ev_io_stop(loop, &f->room);
	ev_timer_stop(loop, &f->retry);
	close(f->changes.fd);
	f->changes.fd = -1;
	close_file(f);
}

/* As much as the log takes now. */
static void copy_rest(struct unit *unit)
{
	for (int i = 0; i < REST_PIECES_MAX; i++) {
		look(unit);
		if (!ev_is_active(&unit->follow->room)) {
			break;
		}
		log_channel_catch_up(&unit->manager->log, unit->follow->channel);
	}
	copy_piece(unit, true);
}

void follow_update(struct unit *unit)
{
	bool over = service_is_over(unit_service(unit));

	if (!unit->follow) {
		return;
	}
	if (!over && !is_following(unit)) {
		start(unit);
	} else if (over && is_following(unit)) {
		copy_rest(unit);
		stop(unit);
		log_channel_close(&unit->manager->log, unit->follow->channel);
	}
}

void follow_take_channel(struct unit *unit, size_t channel)
{
	unit->follow->channel = channel;
	log_channel_join(&unit->manager->log, unit->follow->channel, unit->index);
}

int follow_init(struct unit *unit, const struct service_config *config)
{
	struct follow *f;

	if (!config->log_follow) {
		return 0;
	}
	f = calloc(1, sizeof(*f));
	if (!f) {
		return -ENOMEM;
	}
	ev_init(&f->changes, on_change);
	ev_init(&f->room, on_room);
	ev_init(&f->retry, on_retry);
	f->changes.data = f->room.data = f->retry.data = unit;
	f->changes.fd = f->fd = -1;
	unit->follow = f;
	return 0;
}

void follow_finish(struct unit *unit)
{
	if (unit->follow && is_following(unit)) {
		stop(unit);
	}
	free(unit->follow);
	unit->follow = NULL;
}
