/* SPDX-License-Identifier: MIT */
#include "init/adoption.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/unit.h"

enum {
	/* A parent that dies along with it leaves its end to us: it gets this long for that. */
	ORPHANED_MS = 2000,
};

/* Nobody can tell how it ended. */
static void on_unknown_end(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct unit *unit = timer->data;

	(void)loop;
	(void)events;
	unit_reap(unit, unit->main_pid, 0);
}

static void on_end(struct ev_loop *loop, ev_io *watch, int events)
{
	struct unit *unit = watch->data;
	siginfo_t info;

	ev_io_stop(loop, watch);
	if (waitid(P_PIDFD, (id_t)watch->fd, &info, WEXITED | WNOHANG | WNOWAIT) == 0) {
		return; /* ours by now, as all orphans are: the reaper sees to it */
	}
	if (pidfd_send_signal(watch->fd, 0, NULL, 0) < 0) {
		on_unknown_end(loop, &unit->adopted_timer, events); /* reaped by its parent */
		return;
	}
	ev_timer_set(&unit->adopted_timer, ORPHANED_MS / 1e3, 0);
	ev_timer_start(loop, &unit->adopted_timer);
}

void adoption_init(struct unit *unit)
{
	ev_init(&unit->adopted_watch, on_end);
	unit->adopted_watch.data = unit;
	unit->adopted_watch.fd = -1;
	ev_init(&unit->adopted_timer, on_unknown_end);
	unit->adopted_timer.data = unit;
}

void adoption_end(struct unit *unit)
{
	if (unit->adopted_watch.fd >= 0) {
		ev_io_stop(unit->manager->loop, &unit->adopted_watch);
		ev_timer_stop(unit->manager->loop, &unit->adopted_timer);
		close(unit->adopted_watch.fd);
		unit->adopted_watch.fd = -1;
	}
}

/* As systemd judges it: of this service, or trusted; never PID 1, us or the control process. */
static const char *objection(const struct unit *unit, pid_t pid, bool trusted)
{
	if (pid == 1 || pid == getpid() || pid == unit->control_pid) {
		return "that cannot be a main process";
	}
	if (unit_is_of_another(unit, pid)) {
		return "that is a process of another service";
	}
	if (kill(pid, 0) < 0 && errno == ESRCH) {
		return "there is no such process";
	}
	if (!trusted && !contain_has(&unit->containment, pid)) {
		return "that is no process of the service";
	}
	return NULL;
}

const char *adoption_begin(struct unit *unit, pid_t pid, bool trusted)
{
	const char *why = objection(unit, pid, trusted);
	int fd = why ? -1 : pidfd_open(pid, 0);

	if (!why && fd < 0) {
		why = errno == ESRCH ? "there is no such process" : strerrordesc_np(errno);
	}
	if (why) {
		return why;
	}
	adoption_end(unit);
	unit->main_pid = pid;
	contain_adopt(&unit->containment, pid);
	ev_io_set(&unit->adopted_watch, fd, EV_READ);
	ev_io_start(unit->manager->loop, &unit->adopted_watch);
	log_print(&unit->manager->log, "%s: its main process is %d now",
		unit_service(unit)->config->name, (int)pid);
	return NULL;
}
