/* SPDX-License-Identifier: MIT */
#include "init/box.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "init/unit.h"
#include "services/cgroup.h"

enum {
	/* A cgroup costs as much as all else of a stop: nobody notices that with the few services
	 * of a container, but with hundreds. */
	SERVICES_MAX = 32,
	/* Nor may it cost anything of the start. What was forked before the box was there is moved
	 * into it; what is forked later is born in it. */
	DELAY_MS = 50,
	BATCH = 16,
};

/* libev knows of no POLLPRI, so the files of events have an epoll of their own, which is readable
 * when one of them has news. */
static void on_news(struct ev_loop *loop, ev_io *watch, int events)
{
	struct manager *m = watch->data;
	struct epoll_event news[BATCH];
	int count = epoll_wait(watch->fd, news, BATCH, 0);

	(void)loop;
	(void)events;
	for (int i = 0; i < count; i++) {
		struct unit *unit = manager_unit(m, news[i].data.u32);

		if (!unit) {
			continue;
		}
		cgroup_read_empty(unit->box_events_fd); /* no news any more */
		unit_check_empty(unit);
	}
}

static int create(struct unit *unit)
{
	struct manager *m = unit->manager;
	const char *name = unit_service(unit)->config->name;
	int fd = cgroup_create(&m->cgroups, name);

	if (fd < 0 && !m->box_told) {
		m->box_told = true;
		log_print(&m->log, "%s: cannot make its cgroup: %s; its process groups must do",
			name, strerrordesc_np(-fd));
	}
	return fd < 0 ? -1 : fd;
}

static void move(pid_t pid, uint32_t service, void *data)
{
	const struct unit *unit = manager_unit(data, service);

	if (unit && unit->new_box_fd >= 0) {
		cgroup_move(unit->new_box_fd, pid);
	}
}

/* What was spawned may not have come to mark itself yet, on a busy machine: it is known anyway.
 * False if one of them cannot be moved: a box without it would keep signals from it. */
static bool move_leaders(const struct unit *unit)
{
	const struct containment *c = &unit->containment;

	for (size_t i = 0; i < c->count; i++) {
		if (c->groups[i].leader_reaped) {
			continue;
		}
		int r = cgroup_move(unit->new_box_fd, c->groups[i].leader);

		if (r < 0 && r != -ESRCH) {
			return false;
		}
	}
	return true;
}

static void give_up(struct unit *unit)
{
	if (!cgroup_remove(
		    &unit->manager->cgroups, unit_service(unit)->config->name, unit->new_box_fd)) {
		close(unit->new_box_fd);
	}
	unit->new_box_fd = -1;
}

/* The first move waits for the kernel (some 15 ms, an RCU grace period), the others do not. */
static void fill(struct manager *m)
{
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		struct unit *unit = m->units[i];

		unit->new_box_fd = unit_is_empty(unit) ? -1 : create(unit);
		if (unit->new_box_fd >= 0 && !move_leaders(unit)) {
			give_up(unit);
		}
	}
	/* Once more for those that were being forked. */
	mark_for_each(m->host.marks, move, m);
	mark_for_each(m->host.marks, move, m);
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		m->units[i]->containment.cgroup_fd = m->units[i]->new_box_fd;
		m->units[i]->new_box_fd = -1;
	}
}

static void on_delay(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct manager *m = timer->data;

	(void)loop;
	(void)events;
	if (m->supervisor.cause != STOP_NONE) {
		return;
	}
	int r = cgroup_tree_open(&m->cgroups);
	if (r < 0) {
		log_print(&m->log, "%s (%s): %s", m->cgroups.obstacle, strerrordesc_np(-r),
			box_level(m));
		return;
	}
	fill(m);
}

void box_init(struct manager *m)
{
	m->box_watch.fd = -1;
	m->cgroups = (struct cgroup_tree) { .own_fd = -1, .fd = -1 };
	ev_timer_init(&m->box_timer, on_delay, DELAY_MS / 1e3, 0);
	m->box_timer.data = m;
}

static void unwatch(struct unit *unit)
{
	if (unit->box_events_fd >= 0) {
		close(unit->box_events_fd);
		unit->box_events_fd = -1;
	}
}

void box_finish(struct manager *m)
{
	ev_timer_stop(m->loop, &m->box_timer);
	if (m->box_watch.fd >= 0) {
		ev_io_stop(m->loop, &m->box_watch);
		close(m->box_watch.fd);
		m->box_watch.fd = -1;
	}
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		struct unit *unit = m->units[i];

		unwatch(unit);
		if (unit->containment.cgroup_fd >= 0) {
			close(unit->containment.cgroup_fd);
			unit->containment.cgroup_fd = -1;
		}
	}
	cgroup_tree_close(&m->cgroups);
}

const char *box_level(const struct manager *m)
{
	return m->cgroups.fd >= 0 ? "services are held by cgroups"
				  : "services are held by process groups and marks";
}

void box_open(struct unit *unit)
{
	struct manager *m = unit->manager;
	bool untried = m->cgroups.fd < 0 && !m->cgroups.obstacle;

	if (untried && m->supervisor.set->count <= SERVICES_MAX) {
		ev_timer_start(m->loop, &m->box_timer); /* nothing, if it runs */
	} else if (m->cgroups.fd >= 0 && unit->containment.cgroup_fd < 0 && unit_is_empty(unit)) {
		unit->containment.cgroup_fd = create(unit);
	}
}

static bool watch_all(struct manager *m)
{
	if (m->box_watch.fd >= 0) {
		return true;
	}
	int fd = epoll_create1(EPOLL_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	ev_io_init(&m->box_watch, on_news, fd, EV_READ);
	m->box_watch.data = m;
	ev_io_start(m->loop, &m->box_watch);
	return true;
}

/* Without a watch, because descriptors are out, reaping still tells the same in all but rare
 * cases: the last one of a service ends as an orphan, which is ours to reap. */
static void watch(struct unit *unit)
{
	struct manager *m = unit->manager;
	struct epoll_event event = { .events = EPOLLPRI, .data.u32 = unit->id };

	if (unit->containment.cgroup_fd < 0 || unit->box_events_fd >= 0 || !watch_all(m)) {
		return;
	}
	int fd = cgroup_open_events(unit->containment.cgroup_fd);
	if (fd >= 0 && epoll_ctl(m->box_watch.fd, EPOLL_CTL_ADD, fd, &event) == 0) {
		unit->box_events_fd = fd;
	} else if (fd >= 0) {
		close(fd);
	}
}

static void remove_box(struct unit *unit)
{
	struct containment *c = &unit->containment;

	if (c->cgroup_fd >= 0 && cgroup_remove(&unit->manager->cgroups,
					 unit_service(unit)->config->name, c->cgroup_fd)) {
		c->cgroup_fd = -1;
	}
}

void box_follow(struct unit *unit)
{
	const struct service *service = unit_service(unit);

	if (service_awaits_empty(service)) {
		watch(unit);
		return;
	}
	unwatch(unit);
	if (service_is_over(service)) {
		remove_box(unit);
	}
}
