/* SPDX-License-Identifier: MIT */
#include "init/manager.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "init/box.h"
#include "init/census.h"
#include "init/clock.h"
#include "init/forked.h"
#include "init/leaks.h"
#include "init/memory.h"
#include "init/narrator.h"
#include "init/reaper.h"
#include "init/result.h"
#include "init/self.h"
#include "init/signals.h"
#include "init/slow.h"
#include "init/speech.h"
#include "init/unit.h"
#include "services/conditions.h"
#include "services/directories.h"
#include "services/environment.h"

enum {
	RETRY_FIRST_MS = 50,
	RETRY_MAX_MS = 5000,
	DRAIN_MS = 1500,
	SWEEP_GRACE_MS = 1000,
	/* What libev's tables grow to with all that can be watched: descriptors and timers, each
	 * table twice, for it is copied when it grows. */
	EV_MEMORY = 65536,
	EV_MEMORY_EACH = 1024,
};

static void act(struct unit *unit, const struct service_actions *actions)
{
	for (size_t i = 0; i < actions->count; i++) {
		const struct service_action *action = &actions->items[i];

		switch (action->kind) {
		case ACTION_SPAWN_MAIN:
		case ACTION_SPAWN_CONTROL:
			unit_spawn(unit, action->command, action->kind == ACTION_SPAWN_CONTROL);
			break;
		case ACTION_SEEK_MAIN:
			forked_seek(unit);
			break;
		case ACTION_SIGNAL_MAIN:
		case ACTION_SIGNAL_ALL:
		case ACTION_SIGNAL_CONTROL:
			unit_signal(unit, action->signal, action->kind);
			break;
		}
	}
}

/* What was over before has made nothing: what is there by that name is of somebody else. */
static bool has_run(enum service_state before)
{
	return before != SERVICE_DEAD && before != SERVICE_FAILED;
}

static bool keeps_runtime(const struct service *service)
{
	enum runtime_preserve preserve = service->config->exec.runtime_preserve;

	return preserve == PRESERVE_YES ||
	       (preserve == PRESERVE_RESTART && service->state == SERVICE_AUTO_RESTART);
}

/* After each step: do what it asked for, tell, and set the timer. */
static void follow_up(struct manager *m, size_t index, const struct service_actions *actions,
	enum service_state before)
{
	const struct service *service = &m->supervisor.services[index];
	bool ended = service->state != before &&
		     (service_is_over(service) || service->state == SERVICE_AUTO_RESTART);

	follow_update(m->units[index]);
	if (service->state != SERVICE_START && service->state != SERVICE_START_POST) {
		forked_stop_seeking(m->units[index]);
	}
	if (ended && service_is_over(service)) {
		log_channel_close(&m->log, index);
	} else if (ended) {
		log_channel_flush(&m->log, index);
	}
	/* Started is what could be forked: unit_retry() tells the others. */
	if (service->state != SERVICE_RUNNING) {
		narrate_state(&m->log, service, before);
	}
	if (ended && service->result != RESULT_SUCCESS) {
		narrate_said(&m->log, service, speech_said(m->units[index]));
	}
	if (before == SERVICE_START && service->state != before && !service->probed) {
		narrate_not_ready(&m->log, service, m->units[index]->probe);
	}
	act(m->units[index], actions);
	probe_update(m->units[index]);
	if (service->state == SERVICE_RUNNING && !m->units[index]->retry_main) {
		narrate_state(&m->log, service, before);
	}
	unit_arm(m->units[index]);
	box_follow(m->units[index]);
	slow_follow(m->units[index], before);
	silence_follow(m->units[index]);
	if (ended && has_run(before) && !keeps_runtime(service)) {
		directories_remove_runtime(&service->config->exec);
		/* Out of date, as systemd.service(5) has it. */
		if (service->config->type == SERVICE_FORKING && service->config->pid_file) {
			unlink(service->config->pid_file);
		}
	}
}

/* `ret_unmet`: one that is not met, or NULL. */
static enum service_result look_at_conditions(
	const struct manager *m, size_t index, const struct condition **ret_unmet)
{
	const struct service_config *config = m->supervisor.services[index].config;

	*ret_unmet = conditions_unmet(config->conditions, m->host.environment);
	if (*ret_unmet) {
		return RESULT_CONDITION;
	}
	*ret_unmet = conditions_unmet(config->asserts, m->host.environment);
	return *ret_unmet ? RESULT_ASSERT : RESULT_SUCCESS;
}

static void apply(struct manager *m, size_t index, struct service_event event)
{
	struct service_actions actions = { 0 };
	enum service_state before = m->supervisor.services[index].state;

	const struct condition *unmet = NULL;

	/* The pipe of Type=exec closes when the set-up fails as well. */
	if (event.kind == EVENT_EXECED && m->units[index]->start_failed) {
		return;
	}
	event.empty = unit_is_empty(m->units[index]);
	if (service_begins(&m->supervisor.services[index], event.kind)) {
		event.unmet = look_at_conditions(m, index, &unmet);
	}
	supervisor_step(&m->supervisor, index, &event, clock_now_ms(), &actions);
	if (event.kind == EVENT_MAIN_EXIT && (ssize_t)index == m->supervisor.main && !event.empty &&
		!service_is_stopping(before) &&
		service_is_stopping(m->supervisor.services[index].state)) {
		leaks_tell_processes(m);
	}
	if (unmet) {
		narrate_skipped(&m->log, &m->supervisor.services[index], unmet);
	}
	follow_up(m, index, &actions, before);
}

static void start(struct manager *m, size_t index)
{
	struct service_actions actions = { 0 };
	struct service *service = &m->supervisor.services[index];
	const struct condition *unmet = NULL;
	enum service_result result = look_at_conditions(m, index, &unmet);

	if ((ssize_t)index == m->supervisor.main) {
		leaks_begin(m);
	}
	supervisor_start(&m->supervisor, index, result, clock_now_ms(), &actions);
	if (!actions.count) {
		narrate_skipped(&m->log, service, unmet);
	}
	follow_up(m, index, &actions, SERVICE_DEAD);
}

static void arm_stop_timer(struct manager *m)
{
	int64_t deadline_ms = m->supervisor.deadline_ms;

	if (deadline_ms == NEVER) {
		return;
	}
	int64_t rest_ms = deadline_ms - clock_now_ms();
	m->stop_timer.repeat = rest_ms > 0 ? (double)rest_ms / 1000 : 1e-3;
	ev_timer_again(m->loop, &m->stop_timer);
}

/* Starts and stops what is due now; true if there was something. */
static bool do_due(struct manager *m)
{
	enum service_event_kind kind;
	ssize_t index = supervisor_next_start(&m->supervisor);

	if (index >= 0) {
		start(m, (size_t)index);
		return true;
	}
	index = supervisor_next_stop(&m->supervisor, clock_now_ms(), &kind);
	if (index >= 0) {
		narrate_stop(m, (size_t)index);
		queue_post(&m->queue, (size_t)index, kind, 0);
		return true;
	}
	return false;
}

static void drain(struct manager *m)
{
	struct queue_item next;

	ev_now_update(m->loop);
	census_expire(m);
	/* A child reports why its set-up failed before its exit is seen. */
	reaper_read_reports(m);
	do {
		while (queue_take(&m->queue, &next)) {
			apply(m, next.index, next.event);
		}
	} while (do_due(m) || m->queue.count || reload_update(m));
	arm_stop_timer(m);
	if (!m->pages_dropped) {
		m->pages_dropped =
			true; /* whoever waits for the first services waits for no more */
		self_drop_pages();
	}
	upstream_update(&m->upstream, &m->supervisor);
	if (supervisor_is_over(&m->supervisor, clock_now_ms())) {
		ev_break(m->loop, EVBREAK_ALL);
	}
}

static void on_prepare(struct ev_loop *loop, ev_prepare *watch, int events)
{
	(void)loop;
	(void)events;
	drain(watch->data);
}

/* --- set-up ---------------------------------------------------------------------------------- */

/* Waking the loop is all that these are for: what is due is looked at before each wait. */
static void on_stop_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
}

static void on_far(struct ev_loop *loop, ev_periodic *watch, int events)
{
	(void)loop;
	(void)watch;
	(void)events;
}

/* Without a timerfd, libev 4.33 wakes every minute to see whether the wall clock jumped. It makes
 * one for the first ev_periodic, so there is one, which is due in some ten thousand years. */
static void sleep_without_end(struct manager *m)
{
	ev_periodic_init(&m->far_watch, on_far, ev_time() + 3e11, 0, NULL);
	ev_periodic_start(m->loop, &m->far_watch);
}

static void on_report(struct ev_loop *loop, ev_io *watch, int events)
{
	(void)loop;
	(void)watch;
	(void)events;
}

static void on_retry(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct manager *m = timer->data;
	bool again = false;

	(void)events;
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		again = unit_retry(m->units[i]) || again;
	}
	m->retry_ms = m->retry_ms * 2 < RETRY_MAX_MS ? m->retry_ms * 2 : RETRY_MAX_MS;
	timer->repeat = (double)m->retry_ms / 1000;
	if (again) {
		ev_timer_again(loop, timer);
		return;
	}
	ev_timer_stop(loop, timer);
	m->retry_ms = RETRY_FIRST_MS;
	m->retry_told = false;
}

static size_t count_follows(const struct conf_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < set->count; i++) {
		count += set->services[i]->log_follow != NULL;
	}
	return count;
}

static int allocate(struct manager *m, enum log_format format)
{
	size_t count = m->supervisor.set->count;

	if (memory_reserve(EV_MEMORY + count * EV_MEMORY_EACH) < 0) {
		return -ENOMEM;
	}
	m->loop = ev_loop_new(EVFLAG_AUTO | EVFLAG_NOENV);
	m->units = calloc(count + 1, sizeof(struct unit *));
	if (!m->loop || !m->units || queue_init(&m->queue, count) < 0) {
		return -ENOMEM;
	}
	return log_init(
		&m->log, m->loop, STDOUT_FILENO, format, count + count_follows(m->supervisor.set));
}

/* Of all descriptors these have the lowest numbers, for children get what is below them, and close
 * it again. */
static int open_report_pipe(struct manager *m, int *ret_read)
{
	int ends[2];

	/* A child that waited for room in it could keep us waiting. */
	if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) {
		return -errno;
	}
	m->host.report_fd = ends[1];
	m->host.log_slot =
		m->host.can_leave_descriptors ? fcntl(m->host.null_fd, F_DUPFD_CLOEXEC, 0) : -1;
	*ret_read = ends[0];
	return 0;
}

static void watch_reports(struct manager *m, int fd)
{
	ev_io_init(&m->report_watch, on_report, fd, EV_READ);
	m->report_watch.data = m;
	ev_io_start(m->loop, &m->report_watch);
}

struct unit *manager_unit(struct manager *m, uint32_t id)
{
	size_t count = m->supervisor.set->count;

	/* They are the same until the files are read again. */
	if (id < count && m->units[id]->id == id) {
		return m->units[id];
	}
	for (size_t i = 0; i < count; i++) {
		if (m->units[i]->id == id) {
			return m->units[i];
		}
	}
	return NULL;
}

static int init_units(struct manager *m)
{
	const struct conf_set *set = m->supervisor.set;
	size_t channel = set->count;

	for (size_t i = 0; i < set->count; i++) {
		m->units[i] = unit_create(m, set->services[i]);
		if (!m->units[i]) {
			return -ENOMEM;
		}
		unit_take_place(m->units[i], i, channel);
		channel += set->services[i]->log_follow != NULL;
	}
	return 0;
}

int manager_init(struct manager *manager, struct conf_set *set, const struct spawn_host *host,
	enum log_format format, struct conf_problems *problems)
{
	struct manager *m = manager;

	*m = (struct manager) { .host = *host, .set = set, .retry_ms = RETRY_FIRST_MS };
	m->started_ms = clock_now_ms();
	int report_fd = -1;
	char **environment = NULL;
	int r = supervisor_init(&m->supervisor, set, problems);
	if (r == 0) {
		r = environment_inherit(&set->arena, host->environment, &environment);
	}
	if (r == 0) {
		r = open_report_pipe(m, &report_fd);
	}
	if (r == 0) {
		r = allocate(m, format);
	}
	if (r == 0) {
		r = signals_start(m);
	}
	if (r < 0) {
		return r;
	}
	m->host.environment = environment;
	watch_reports(m, report_fd);
	sleep_without_end(m);
	ev_prepare_init(&m->drain_watch, on_prepare);
	m->drain_watch.data = m;
	ev_prepare_start(m->loop, &m->drain_watch);
	ev_init(&m->stop_timer, on_stop_timer);
	ev_init(&m->retry_timer, on_retry);
	m->stop_timer.data = m;
	m->retry_timer.data = m;
	upstream_init(&m->upstream, getenv("NOTIFY_SOCKET"));
	box_init(m);
	slow_init(m);
	r = init_units(m);
	if (r == 0) {
		r = census_init(m);
	}
	return r < 0 ? r : leaks_init(m);
}

/* Whoever survived the services, or never belonged to one, goes within what is left of the stop
 * budget. */
static unsigned sweep(struct manager *m)
{
	int64_t rest_ms = m->supervisor.final_ms - clock_now_ms();
	unsigned count = reaper_sweep(m, rest_ms < SWEEP_GRACE_MS ? rest_ms : SWEEP_GRACE_MS);

	if (count) {
		log_print(&m->log, "stopped %u left-over process%s", count, count == 1 ? "" : "es");
	}
	return count;
}

/* Whoever asked for the end waits for it; else nobody does but the reader of the log. */
static bool may_wait(const struct manager *m)
{
	return m->supervisor.cause == STOP_SIGNAL ? clock_now_ms() < m->supervisor.final_ms
						  : !signals_stop_is_pending();
}

/* As long as the reader takes any of it. */
static void wait_for_reader(struct manager *m)
{
	uint64_t taken;

	do {
		taken = m->log.taken;
	} while (log_drain(&m->log, DRAIN_MS) > 0 && m->log.taken != taken && may_wait(m));
}

int manager_run(struct manager *m)
{
	struct result result = { 0 };

	ev_run(m->loop, 0);
	result.left_over = sweep(m);
	result.out_of_memory = result_out_of_memory(m);
	leaks_end(m);
	if (result.out_of_memory) {
		log_print(&m->log, "the kernel has killed for want of memory here");
	}
	box_finish(m);
	result.exit_code = supervisor_exit_code(&m->supervisor, &result.decided_by);
	result_save(m, &result);
	narrate_end(m, result.exit_code, result.decided_by);
	upstream_tell_exit(&m->upstream, result.exit_code);
	/* Behind a slow reader the last lines are still to come. */
	bool behind = log_is_behind(&m->log);

	wait_for_reader(m);
	if (behind) {
		result_save(m, &result);
	}
	return result.exit_code;
}

void manager_finish(struct manager *m)
{
	reload_drop(m);
	for (size_t i = 0; m->units && i < m->supervisor.set->count; i++) {
		unit_destroy(m->units[i]);
	}
	notify_directory_finish(&m->notify_directory);
	upstream_finish(&m->upstream);
	signals_stop(m);
	ev_io_stop(m->loop, &m->report_watch);
	close(m->report_watch.fd);
	close(m->host.report_fd);
	close(m->host.log_slot);
	ev_periodic_stop(m->loop, &m->far_watch);
	ev_prepare_stop(m->loop, &m->drain_watch);
	ev_timer_stop(m->loop, &m->stop_timer);
	ev_timer_stop(m->loop, &m->retry_timer);
	leaks_finish(m);
	slow_finish(m);
	census_finish(m);
	log_finish(&m->log);
	ev_loop_destroy(m->loop);
	free(m->units);
	queue_finish(&m->queue);
}
