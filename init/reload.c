/* SPDX-License-Identifier: MIT */
#include "init/reload.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "init/adoption.h"
#include "init/census.h"
#include "init/clock.h"
#include "init/leaks.h"
#include "init/manager.h"
#include "init/unit.h"
#include "services/environment.h"
#include "services/reload.h"

extern char **environ;

/* --- the new set ----------------------------------------------------------------------------- */

static void tell_problems(struct manager *m, const struct conf_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		const struct conf_problem *p = &problems->items[i];

		if (p->severity == CONF_ERROR || p->severity == CONF_WARNING) {
			log_print(&m->log, "%s:%u:%u: %s: %s", p->file, p->line, p->column,
				p->severity == CONF_ERROR ? "error" : "warning", p->text);
		}
	}
}

/* Relative names mean what they meant at the start; / is where children expect to be. */
static void read_files(
	const struct reload_source *source, struct conf_set *set, struct conf_problems *problems)
{
	if (source->directory && chdir(source->directory) < 0) {
		const struct conf_place place = { .file = source->directory };

		conf_problems_add(problems, CONF_ERROR, &place, "%s", strerrordesc_np(errno));
		return;
	}
	conf_load_files(source->files, source->count, set, problems);
	if (source->directory && chdir("/") < 0) {
		problems->errors++;
	}
}

/* The whole of it is tried out: cycles are found by building the graph. */
static bool load(struct manager *m, struct conf_set *ret_set)
{
	struct conf_set set = { 0 };
	struct conf_problems problems = { 0 };
	struct supervisor ignored;

	read_files(&m->reload.source, &set, &problems);
	int r = problems.errors ? -EINVAL : supervisor_init(&ignored, &set, &problems);
	bool good = r == 0 && !problems.errors;
	tell_problems(m, &problems);
	if (!good) {
		log_print(&m->log, "not reloaded%s%s: the services go on as they were",
			r == -ENOMEM ? ": " : "", r == -ENOMEM ? strerrordesc_np(ENOMEM) : "");
		conf_set_finish(&set);
	} else {
		*ret_set = set;
	}
	conf_problems_finish(&problems);
	return good;
}

void reload_ask(struct manager *m)
{
	struct reload *reload = &m->reload;

	if (m->supervisor.cause != STOP_NONE) {
		return;
	}
	reload->again = reload->pending;
	if (reload->pending) {
		return;
	}
	upstream_tell_reloading(&m->upstream);
	if (!load(m, &reload->next)) {
		upstream_tell_reloaded(&m->upstream);
		return;
	}
	reload->pending = true;
	struct reload_difference d = reload_begin(&m->supervisor, &reload->next);
	log_print(&m->log, "reloading: %zu services are new, %zu gone, %zu changed, %zu unchanged",
		d.added, d.removed, d.changed, d.unchanged);
}

/* --- the exchange ---------------------------------------------------------------------------- */

/* All that is needed, so that nothing can fail half-way. */
struct exchange {
	ssize_t *from;     /* of the services */
	ssize_t *channels; /* of the log: those of the services, then those of LogFollow= */
	size_t channel_count;
	struct unit **units;
	struct queue queue;
	struct census census;
	struct supervisor supervisor;
	char **environment;
	struct conf_set *set; /* the running one, which gets the new content */
};

/* Units are left in it only where there was no exchange. */
static void release(const struct manager *m, struct exchange *x)
{
	for (size_t i = 0; x->units && i < m->reload.next.count; i++) {
		unit_destroy(x->units[i]);
	}
	free(x->from);
	free(x->channels);
	free(x->units);
	queue_finish(&x->queue);
	free(x->census.counts);
}

static void map_channels(const struct manager *m, struct exchange *x)
{
	const struct conf_set *next = &m->reload.next;

	x->channel_count = next->count;
	for (size_t i = 0; i < next->count; i++) {
		const struct unit *old = x->from[i] < 0 ? NULL : m->units[x->from[i]];

		x->channels[i] = x->from[i];
		if (next->services[i]->log_follow) {
			x->channels[x->channel_count++] =
				old && old->follow ? (ssize_t)old->follow->channel : -1;
		}
	}
}

/* Of those that do not go on. */
static int create_units(struct manager *m, struct exchange *x)
{
	const struct conf_set *next = &m->reload.next;

	for (size_t i = 0; i < next->count; i++) {
		if (x->from[i] >= 0) {
			continue;
		}
		x->units[i] = unit_create(m, next->services[i]);
		if (!x->units[i]) {
			return -ENOMEM;
		}
	}
	return 0;
}

static int prepare(struct manager *m, struct exchange *x)
{
	struct conf_set *next = &m->reload.next;
	struct conf_problems problems = { 0 };
	int r;

	x->from = reallocarray(NULL, next->count, sizeof(*x->from));
	x->channels = reallocarray(NULL, next->count, 2 * sizeof(*x->channels));
	x->units = calloc(next->count + 1, sizeof(struct unit *));
	x->census.counts = calloc(next->count + 1, sizeof(*x->census.counts));
	if (!x->from || !x->channels || !x->units || !x->census.counts ||
		queue_init(&x->queue, next->count) < 0) {
		return -ENOMEM;
	}
	reload_map(&m->supervisor, next, x->from);
	map_channels(m, x);
	r = environment_inherit(&next->arena, environ, &x->environment);
	if (r == 0) {
		r = reload_finish(&m->supervisor, next, x->from, &problems, &x->supervisor);
	}
	conf_problems_finish(&problems);
	if (r == 0) {
		r = create_units(m, x);
	}
	return r < 0 ? r : log_rearrange(&m->log, x->channel_count, x->channels);
}

/* Those that go on take their new place, the others leave. What one of them left behind
 * (KillMode=process) is nobody's from then on. */
static void sort_units(struct manager *m, struct exchange *x)
{
	const struct conf_set *next = &m->reload.next;

	for (size_t i = 0; i < next->count; i++) {
		if (x->from[i] >= 0) {
			x->units[i] = m->units[x->from[i]];
			m->units[x->from[i]] = NULL;
		}
	}
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		unit_destroy(m->units[i]);
	}
}

static void carry_on(
	struct unit *unit, const struct service_config *old, const struct service_config *config)
{
	unit->retry_main = reload_command(unit->retry_main, old, config);
	unit->retry_control = reload_command(unit->retry_control, old, config);
}

/* From here on the old set is only looked at. */
static void settle_units(struct manager *m, const struct exchange *x, const struct conf_set *old)
{
	size_t channel = m->supervisor.set->count;

	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		const struct service_config *config = m->supervisor.set->services[i];

		if (x->from[i] >= 0) {
			carry_on(m->units[i], old->services[x->from[i]], config);
		}
		unit_take_place(m->units[i], i, channel);
		channel += config->log_follow != NULL;
	}
}

static void exchange(struct manager *m, struct exchange *x)
{
	struct conf_set *set = x->set;
	struct conf_set old = *set;

	sort_units(m, x);
	*set = m->reload.next;
	m->reload.next = (struct conf_set) { 0 };
	free(m->units);
	m->units = x->units;
	m->supervisor = x->supervisor;
	m->supervisor.set = set;
	m->host.environment = x->environment;
	queue_finish(&m->queue);
	m->queue = x->queue;
	free(m->census.counts);
	m->census = x->census;
	x->units = NULL;
	x->queue = (struct queue) { 0 };
	x->census.counts = NULL;
	settle_units(m, x, &old);
	conf_set_finish(&old);
	leaks_update(m);
}

static void finish(struct manager *m)
{
	struct exchange x = { .set = m->set };
	int r = prepare(m, &x);

	if (r == 0) {
		exchange(m, &x);
		log_print(&m->log, "reloaded");
		supervisor_conclude(&m->supervisor, clock_now_ms());
	} else {
		log_print(&m->log, "not reloaded: %s", strerrordesc_np(-r));
		reload_cancel(&m->supervisor);
	}
	release(m, &x);
	conf_set_finish(&m->reload.next);
	m->reload.pending = false;
	upstream_tell_reloaded(&m->upstream);
}

bool reload_update(struct manager *m)
{
	struct reload *reload = &m->reload;

	if (!reload->pending ||
		(m->supervisor.cause == STOP_NONE && !reload_is_due(&m->supervisor))) {
		return false;
	}
	if (m->supervisor.cause != STOP_NONE) {
		reload_drop(m);
		return false;
	}
	finish(m);
	if (reload->again) {
		reload_ask(m);
	}
	return true;
}

void reload_drop(struct manager *m)
{
	conf_set_finish(&m->reload.next);
	m->reload.pending = m->reload.again = false;
}
