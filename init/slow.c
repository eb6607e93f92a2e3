/* SPDX-License-Identifier: MIT */
#include "init/slow.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/value.h"
#include "init/clock.h"
#include "init/unit.h"

enum {
	PERIOD_MS = 2000,
	SERVICES_MAX = 8, /* told of at a time */
	NAMES_MAX = 5,    /* of its processes */
	NAME_SIZE = 32,   /* a pid and what /proc/PID/comm may have */
};

/* What is told of one service. */
struct slow {
	const struct unit *unit;
	unsigned count;
	char names[NAMES_MAX][NAME_SIZE];
};

struct slow_list {
	struct slow items[SERVICES_MAX];
	size_t count;
	size_t more;
};

/* The program's name, with what could disturb a line of the log made harmless. */
static void describe(pid_t pid, char text[static NAME_SIZE])
{
	char path[32], name[16];
	int length = snprintf(text, NAME_SIZE, "%d", (int)pid);

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? -1 : read(fd, name, sizeof(name));

	if (fd >= 0) {
		close(fd);
	}
	for (ssize_t i = 0; i < size && name[i] != '\n' && length < NAME_SIZE - 2; i++) {
		if (i == 0) {
			text[length++] = ' ';
		}
		text[length++] = (char)(name[i] > ' ' && name[i] < 127 ? name[i] : '?');
	}
	text[length] = '\0';
}

static void note(pid_t pid, uint32_t service, void *data)
{
	struct slow_list *list = data;

	for (size_t i = 0; i < list->count; i++) {
		struct slow *slow = &list->items[i];

		if (slow->unit->id == service) {
			if (slow->count < NAMES_MAX) {
				describe(pid, slow->names[slow->count]);
			}
			slow->count++;
		}
	}
}

static const char *next_step(const struct service *service)
{
	const struct service_config *config = service->config;
	bool of_command = service->state == SERVICE_STOP || service->state == SERVICE_STOP_POST;
	bool of_signal =
		service->state == SERVICE_STOP_SIGTERM || service->state == SERVICE_FINAL_SIGTERM;

	if (of_command && config->timeout_stop_mode == TIMEOUT_TERMINATE) {
		return conf_signal_name(config->kill_signal);
	}
	if ((of_command || of_signal) && config->timeout_stop_mode == TIMEOUT_ABORT) {
		return conf_signal_name(config->watchdog_signal);
	}
	bool killed =
		service->state == SERVICE_STOP_SIGKILL || service->state == SERVICE_FINAL_SIGKILL;

	return killed || !config->send_sigkill ? "given up" : "SIGKILL";
}

static void tell(struct log *log, const struct slow *slow, int64_t now_ms)
{
	const struct service *service =
		&slow->unit->manager->supervisor.services[slow->unit->index];
	char names[NAMES_MAX * (NAME_SIZE + 2) + 8] = "";
	char next[64] = "";
	size_t shown = slow->count < NAMES_MAX ? slow->count : NAMES_MAX;

	for (size_t i = 0; i < shown; i++) {
		strcat(names, i ? ", " : ": "); /* NOLINT: it has room for all */
		strcat(names, slow->names[i]);  /* NOLINT */
	}
	if (slow->count > shown) {
		strcat(names, ", ..."); /* NOLINT */
	}
	if (service->deadline_ms != NEVER && service->deadline_ms > now_ms) {
		snprintf(next, sizeof(next), ", %s in %lld s", next_step(service),
			(long long)(service->deadline_ms - now_ms + 999) / 1000);
	} else if (service->deadline_ms != NEVER) {
		snprintf(next, sizeof(next), ", %s now", next_step(service));
	}
	log_print(log, "%s: still stopping after %lld s (%u process%s%s)%s", service->config->name,
		(long long)(now_ms - slow->unit->stopping_since_ms + 500) / 1000, slow->count,
		slow->count == 1 ? "" : "es", names, next);
}

/* Those that have been at it for a period at least; `any`: some are at it. */
static bool gather(struct manager *m, int64_t now_ms, struct slow_list *list)
{
	bool any = false;

	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		if (!service_is_stopping(m->supervisor.services[i].state)) {
			continue;
		}
		any = true;
		/* A timer may be early by a little. */
		if (now_ms - m->units[i]->stopping_since_ms < PERIOD_MS - 1) {
			continue;
		}
		if (list->count < SERVICES_MAX) {
			list->items[list->count++].unit = m->units[i];
		} else {
			list->more++;
		}
	}
	return any;
}

static void on_period(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct manager *m = timer->data;
	struct slow_list list = { 0 };
	int64_t now_ms = clock_now_ms();

	(void)events;
	if (!gather(m, now_ms, &list)) {
		ev_timer_stop(loop, timer);
		return;
	}
	if (list.count) {
		mark_for_each(m->host.marks, note, &list);
	}
	for (size_t i = 0; i < list.count; i++) {
		tell(&m->log, &list.items[i], now_ms);
	}
	if (list.more) {
		log_print(&m->log, "and %zu more services are still stopping", list.more);
	}
}

void slow_init(struct manager *m)
{
	ev_timer_init(&m->slow_timer, on_period, PERIOD_MS / 1e3, PERIOD_MS / 1e3);
	m->slow_timer.data = m;
}

void slow_finish(struct manager *m)
{
	ev_timer_stop(m->loop, &m->slow_timer);
}

void slow_follow(struct unit *unit, enum service_state before)
{
	struct manager *m = unit->manager;

	if (service_is_stopping(before) || !service_is_stopping(unit_service(unit)->state)) {
		return;
	}
	unit->stopping_since_ms = clock_now_ms();
	if (!ev_is_active(&m->slow_timer)) {
		ev_timer_again(m->loop, &m->slow_timer);
	}
}
