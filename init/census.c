/* SPDX-License-Identifier: MIT */
#include "init/census.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "services/process_signal.h"

enum {
	PASSES_MAX = 32,
};

int census_init(struct manager *m)
{
	size_t count = m->supervisor.set->count;

	m->host.marks = marks_pick();
	m->census = (struct census) { .counts = calloc(count + 1, sizeof(*m->census.counts)) };
	return m->census.counts ? 0 : -ENOMEM;
}

void census_finish(struct manager *m)
{
	free(m->census.counts);
	m->census.counts = NULL;
}

void census_expire(struct manager *m)
{
	m->census.fresh = false;
}

/* Whether there are children that were not started for a service. An adopted main process may be
 * somebody else's child, so it is not counted: then this says yes, and the walk tells. */
static bool has_strangers(const struct manager *m)
{
	int count = mark_count_children();

	for (size_t i = 0; count > 0 && i < m->supervisor.set->count; i++) {
		const struct unit *unit = m->units[i];

		count -= unit->main_pid && unit->adopted_watch.fd < 0;
		count -= unit->control_pid != 0;
	}
	return count != 0;
}

static void count_one(pid_t pid, uint32_t service, void *data)
{
	struct manager *m = data;
	const struct unit *unit = manager_unit(m, service);

	if (unit && !contain_reaches(&unit->containment, pid)) {
		m->census.counts[unit->index]++;
	}
}

unsigned census_count(struct unit *unit)
{
	struct manager *m = unit->manager;
	struct census *census = &m->census;

	if (m->childless) {
		return 0;
	}
	if (!census->fresh) {
		if (census->any) {
			memset(census->counts, 0,
				m->supervisor.set->count * sizeof(*census->counts));
		}
		census->fresh = true;
		census->any = has_strangers(m);
		if (census->any) {
			mark_for_each(m->host.marks, count_one, m);
		}
	}
	return census->counts[unit->index];
}

struct signalling {
	const struct unit *unit;
	int signal;
	unsigned count;
};

static void signal_one(pid_t pid, uint32_t service, void *data)
{
	struct signalling *s = data;

	if (service == s->unit->id && !contain_reaches(&s->unit->containment, pid)) {
		int pidfd = process_open(pid);

		/* Looked at once more: until its pidfd was had its number could become another's.
		 */
		if (pidfd != -ESRCH && mark_is_on(s->unit->manager->host.marks, pid, service) &&
			process_signal(pidfd, pid, s->signal) == 0) {
			s->count++;
		}
		process_close(pidfd);
	}
}

void census_signal(struct unit *unit, int signal)
{
	struct signalling s = { .unit = unit, .signal = signal };
	unsigned before = 0;

	if (!census_count(unit)) {
		return;
	}
	/* The dead are there until they are reaped: it is over when no more come. */
	for (int i = 0; i < PASSES_MAX; i++) {
		s.count = 0;
		mark_for_each(unit->manager->host.marks, signal_one, &s);
		if (signal != SIGKILL || s.count <= before) {
			return;
		}
		before = s.count;
	}
}
