/* SPDX-License-Identifier: MIT */
#include "init/box.h"

#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "init/unit.h"
#include "services/cgroup.h"

enum {
	/* A cgroup costs as much as a third of a start and all of a stop: nobody notices that with
	 * the few services of a container, but with hundreds. */
	SERVICES_MAX = 8,
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
		struct unit *unit = &m->units[news[i].data.u64];

		cgroup_read_empty(unit->box_events_fd); /* no news any more */
		unit_check_empty(unit);
	}
}

void box_start(struct manager *m)
{
	m->box_watch.fd = -1;
	m->cgroups.fd = -1;
	int r = m->supervisor.set->count <= SERVICES_MAX ? cgroup_tree_open(&m->cgroups) : 0;

	if (r < 0) {
		log_print(&m->log, "%s (%s): %s", m->cgroups.obstacle, strerrordesc_np(-r),
			box_level(m));
	}
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
	if (m->box_watch.fd >= 0) {
		ev_io_stop(m->loop, &m->box_watch);
		close(m->box_watch.fd);
	}
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		struct unit *unit = &m->units[i];

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
				  : "services are held by their process groups alone";
}

void box_open(struct unit *unit)
{
	struct manager *m = unit->manager;
	struct containment *c = &unit->containment;

	if (m->cgroups.fd < 0 || c->cgroup_fd >= 0 || !contain_is_empty(c)) {
		return;
	}
	int fd = cgroup_create(&m->cgroups, unit_service(unit)->config->name);
	if (fd >= 0) {
		c->cgroup_fd = fd;
	} else if (!m->box_told) {
		m->box_told = true;
		log_print(&m->log, "%s: cannot make its cgroup: %s; its process groups must do",
			unit_service(unit)->config->name, strerrordesc_np(-fd));
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
	struct epoll_event event = { .events = EPOLLPRI, .data.u64 = unit->index };

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
