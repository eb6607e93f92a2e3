/* SPDX-License-Identifier: MIT */
#include "init/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/ready.h"
#include "init/adoption.h"
#include "init/box.h"
#include "init/census.h"
#include "init/clock.h"
#include "init/forked.h"
#include "init/narrator.h"
#include "init/reaper.h"
#include "init/speech.h"
#include "services/epitaph.h"
#include "services/process_signal.h"
#include "services/streams.h"

struct service *unit_service(const struct unit *unit)
{
	return &unit->manager->supervisor.services[unit->index];
}

static const struct service_config *config_of(const struct unit *unit)
{
	return unit_service(unit)->config;
}

static void post(struct unit *unit, enum service_event_kind kind, int status)
{
	queue_post(&unit->manager->queue, unit->index, kind, status);
}

/* --- time ------------------------------------------------------------------------------------ */

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct unit *unit = timer->data;

	(void)loop;
	(void)events;
	if (clock_now_ms() < service_deadline_ms(unit_service(unit))) {
		unit_arm(unit); /* a timer may be early by a fraction of a millisecond */
		return;
	}
	/* The loop tells of descriptors first, but behind SIGCONT of none, and never of all. */
	reaper_run(unit->manager);
	speech_hear(unit);
	post(unit, EVENT_TIMEOUT, 0);
}

void unit_arm(struct unit *unit)
{
	struct ev_loop *loop = unit->manager->loop;
	int64_t deadline_ms = service_deadline_ms(unit_service(unit));

	if (deadline_ms == NEVER) {
		ev_timer_stop(loop, &unit->timer);
		return;
	}
	int64_t rest_ms = deadline_ms - clock_now_ms();
	unit->timer.repeat = rest_ms > 0 ? (double)rest_ms / 1000 : 1e-6;
	ev_timer_again(loop, &unit->timer);
}

/* --- execve() --------------------------------------------------------------------------------- */

static void on_exec(struct ev_loop *loop, ev_io *watch, int events)
{
	struct unit *unit = watch->data;

	(void)events;
	ev_io_stop(loop, watch);
	close(watch->fd);
	post(unit, EVENT_EXECED, 0);
}

static void watch_exec(struct unit *unit, int fd)
{
	struct ev_loop *loop = unit->manager->loop;

	if (ev_is_active(&unit->exec_watch)) {
		ev_io_stop(loop, &unit->exec_watch);
		close(unit->exec_watch.fd);
	}
	ev_io_set(&unit->exec_watch, fd, EV_READ);
	ev_io_start(loop, &unit->exec_watch);
}

/* --- spawn ----------------------------------------------------------------------------------- */

/* Main, and what prepares it, is the foreground job if it reads from our terminal. */
static bool is_foreground(const struct unit *unit)
{
	const struct manager *m = unit->manager;

	return (ssize_t)unit->index == m->supervisor.main && !unit->main_pid &&
	       streams_want_terminal(&m->host, &config_of(unit)->exec);
}

static int log_fd(struct unit *unit, bool foreground)
{
	struct log *log = &unit->manager->log;

	if (!streams_use_log(&config_of(unit)->exec, foreground)) {
		return -1;
	}
	int fd = log_channel_open(log, unit->index);
	if (fd < 0) {
		log_print(log, "%s: cannot make its log pipe, it inherits the output: %s",
			config_of(unit)->name, strerrordesc_np(-fd));
	}
	return fd;
}

/* The pipes by which a main process tells how far it came: by its execve(), by a newline. */
struct start_pipes {
	int exec[2];
	int ready[2];
};

static void close_end(int fd)
{
	if (fd >= 0) {
		close(fd);
	}
}

static int open_pipes(const struct unit *unit, enum spawn_role role, struct start_pipes *ret_pipes)
{
	const struct service_config *config = config_of(unit);
	bool exec = role == SPAWN_MAIN && config->type == SERVICE_EXEC;
	bool ready =
		role == SPAWN_MAIN && config->ready_when && config->ready_when->kind == READY_FD;
	struct start_pipes pipes = { { -1, -1 }, { -1, -1 } };

	if (exec && pipe2(pipes.exec, O_CLOEXEC) < 0) {
		return -errno;
	}
	if (ready && pipe2(pipes.ready, O_CLOEXEC) < 0) {
		int error = errno;

		close_end(pipes.exec[0]);
		close_end(pipes.exec[1]);
		return -error;
	}
	*ret_pipes = pipes;
	return 0;
}

/* Our ends are kept if there is a process at the others. */
static void keep_pipes(struct unit *unit, const struct start_pipes *pipes, bool keep)
{
	close_end(pipes->exec[1]);
	close_end(pipes->ready[1]);
	if (!keep) {
		close_end(pipes->exec[0]);
		close_end(pipes->ready[0]);
		return;
	}
	if (pipes->exec[0] >= 0) {
		watch_exec(unit, pipes->exec[0]);
	}
	if (pipes->ready[0] >= 0) {
		probe_listen(unit, pipes->ready[0]);
	}
}

static pid_t spawn(struct unit *unit, const struct exec_command *command, enum spawn_role role)
{
	struct start_pipes pipes = { { -1, -1 }, { -1, -1 } };
	struct epitaph epitaph;
	bool foreground = role != SPAWN_PROBE && is_foreground(unit);
	int r = open_pipes(unit, role, &pipes);

	if (r < 0) {
		return r;
	}
	epitaph_write(&epitaph, unit_service(unit));
	const struct spawn_request request = {
		.config = config_of(unit),
		.command = command,
		.service = unit->id,
		.role = role,
		.foreground = foreground,
		.log_fd = log_fd(unit, foreground),
		.exec_fd = pipes.exec[1],
		.ready_fd = pipes.ready[1],
		.notify_socket = speech_path(unit),
		.watchdog_ms = role == SPAWN_MAIN ? config_of(unit)->watchdog_ms : 0,
		.variables = epitaph.items,
		.main_pid = role == SPAWN_MAIN ? 0 : unit->main_pid,
		.cgroup_fd = unit->containment.cgroup_fd,
		.cgroup_killed = unit->containment.cgroup_killed,
	};
	pid_t pid = spawn_process(&unit->manager->host, &request);
	if (pid > 0) {
		unit->manager->childless = false;
	}
	if (pid > 0 && foreground) {
		unit->manager->job = pid;
	}
	keep_pipes(unit, &pipes, pid > 0);
	return pid;
}

pid_t unit_spawn_probe(struct unit *unit, const struct exec_command *command)
{
	pid_t pid = spawn(unit, command, SPAWN_PROBE);

	if (pid > 0) {
		contain_add(&unit->containment, pid);
	}
	return pid;
}

static bool try_spawn(struct unit *unit, const struct exec_command *command, bool control)
{
	box_open(unit);
	pid_t pid = spawn(unit, command, control ? SPAWN_CONTROL : SPAWN_MAIN);

	if (pid < 0) {
		narrate_spawn_refused(unit->manager, unit_service(unit), -pid);
		return false;
	}
	if (control) {
		unit->control_pid = pid;
	} else {
		unit->main_pid = pid;
		unit->start_failed = false;
		speech_forget(unit);
	}
	contain_add(&unit->containment, pid);
	return true;
}

void unit_spawn(struct unit *unit, const struct exec_command *command, bool control)
{
	struct manager *m = unit->manager;

	if (try_spawn(unit, command, control)) {
		return;
	}
	if (control) {
		unit->retry_control = command;
	} else {
		unit->retry_main = command;
	}
	if (!ev_is_active(&m->retry_timer)) {
		m->retry_timer.repeat = (double)m->retry_ms / 1000;
		ev_timer_again(m->loop, &m->retry_timer);
	}
}

bool unit_retry(struct unit *unit)
{
	if (unit->retry_main && try_spawn(unit, unit->retry_main, false)) {
		unit->retry_main = NULL;
		if (unit_service(unit)->state == SERVICE_RUNNING) {
			narrate_state(&unit->manager->log, unit_service(unit), SERVICE_START);
		}
	}
	if (unit->retry_control && try_spawn(unit, unit->retry_control, true)) {
		unit->retry_control = NULL;
	}
	probe_update(unit); /* what was not there yet could not be asked */
	return unit->retry_main || unit->retry_control;
}

/* --- stop ------------------------------------------------------------------------------------ */

/* A process that could not be forked yet is killed by not being forked any more. */
static void cancel_retry(struct unit *unit, bool control, int signal)
{
	const struct exec_command **retry = control ? &unit->retry_control : &unit->retry_main;

	if (*retry) {
		*retry = NULL;
		post(unit, control ? EVENT_CONTROL_EXIT : EVENT_MAIN_EXIT, signal);
	}
}

static void signal_one(struct unit *unit, bool control, int signal)
{
	pid_t pid = control ? unit->control_pid : unit->main_pid;

	/* Its number is its own: ours to reap, or held by a pidfd. */
	if (pid) {
		process_signal(control ? -1 : unit->adopted_watch.fd, pid, signal);
	}
}

void unit_signal(struct unit *unit, int signal, enum service_action_kind action)
{
	if (action != ACTION_SIGNAL_CONTROL) {
		cancel_retry(unit, false, signal);
	}
	cancel_retry(unit, true, signal);
	if (action == ACTION_SIGNAL_ALL) {
		contain_signal(&unit->containment, signal);
		census_signal(unit, signal);
		return;
	}
	if (action == ACTION_SIGNAL_MAIN) {
		signal_one(unit, false, signal);
	}
	signal_one(unit, true, signal);
}

bool unit_reap(struct unit *unit, pid_t pid, int status)
{
	if (probe_reap(unit, pid, status)) {
		contain_leader_reaped(&unit->containment, pid);
		return true;
	}
	if (pid != unit->main_pid && pid != unit->control_pid) {
		return false;
	}
	/* What a process told before its end comes before its end, whichever is seen first. It may
	 * even have named another main process. */
	if (ev_is_active(&unit->exec_watch) && pid == unit->main_pid) {
		on_exec(unit->manager->loop, &unit->exec_watch, EV_READ);
	}
	speech_hear(unit);
	bool main = pid == unit->main_pid;
	if (!main && pid != unit->control_pid) {
		contain_leader_reaped(&unit->containment, pid);
		return true;
	}
	if (main) {
		adoption_end(unit);
		unit->main_pid = 0;
	} else {
		unit->control_pid = 0;
	}
	if (pid == unit->manager->job) {
		terminal_take_back(&unit->manager->host.terminal);
		unit->manager->job = 0;
	}
	contain_leader_reaped(&unit->containment, pid);
	log_channel_catch_up(&unit->manager->log, unit->index);
	narrate_exit(&unit->manager->log, unit_service(unit), status, main);
	post(unit, main ? EVENT_MAIN_EXIT : EVENT_CONTROL_EXIT, status);
	return true;
}

bool unit_is_of_another(const struct unit *unit, pid_t pid)
{
	const struct manager *m = unit->manager;

	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		const struct unit *other = m->units[i];

		if (other != unit && (pid == other->main_pid || pid == other->control_pid ||
					     contain_has(&other->containment, pid))) {
			return true;
		}
	}
	return false;
}

bool unit_is_empty(struct unit *unit)
{
	return !unit->main_pid && !unit->control_pid && contain_is_empty(&unit->containment) &&
	       !census_count(unit);
}

void unit_check_empty(struct unit *unit)
{
	if (service_awaits_empty(unit_service(unit)) && unit_is_empty(unit)) {
		post(unit, EVENT_EMPTY, 0);
	}
}

void unit_report(struct unit *unit, const struct spawn_report *report)
{
	if (report->role == SPAWN_PROBE) {
		return; /* its exit tells enough, and comes again and again */
	}
	if (report->role == SPAWN_MAIN) {
		unit->start_failed = true;
	}
	narrate_report(&unit->manager->log, unit_service(unit), report);
}

void unit_take_place(struct unit *unit, size_t index, size_t channel)
{
	struct log *log = &unit->manager->log;

	unit->index = index;
	const struct service_config *config = config_of(unit);
	log_channel_name(log, index, config->exec.log_name ? config->exec.log_name : config->name);
	log_channel_overflow(log, index, config->log_overflow);
	if (unit->silence) {
		log_channel_time(log, index);
	}
	if (unit->follow) {
		follow_take_channel(unit, channel);
	}
}

struct unit *unit_create(struct manager *manager, const struct service_config *config)
{
	struct unit *unit = calloc(1, sizeof(*unit));

	if (!unit) {
		return NULL;
	}
	unit->manager = manager;
	unit->id = manager->next_id++;
	unit->box_events_fd = -1;
	unit->new_box_fd = -1;
	unit->containment.cgroup_fd = -1;
	ev_init(&unit->timer, on_timer);
	ev_set_priority(&unit->timer, UNIT_TIMER_PRIORITY);
	ev_init(&unit->exec_watch, on_exec);
	unit->timer.data = unit;
	unit->exec_watch.data = unit;
	adoption_init(unit);
	if (speech_init(unit, config) < 0 || forked_init(unit, config) < 0 ||
		probe_init(unit, config) < 0 || silence_init(unit, config) < 0 ||
		follow_init(unit, config) < 0) {
		unit_destroy(unit);
		return NULL;
	}
	return unit;
}

void unit_destroy(struct unit *unit)
{
	struct ev_loop *loop;

	if (!unit) {
		return;
	}
	loop = unit->manager->loop;
	ev_timer_stop(loop, &unit->timer);
	speech_finish(unit);
	adoption_end(unit);
	forked_stop_seeking(unit);
	free(unit->pid_file_watch);
	probe_finish(unit);
	follow_finish(unit);
	silence_finish(unit);
	contain_finish(&unit->containment);
	if (ev_is_active(&unit->exec_watch)) {
		ev_io_stop(loop, &unit->exec_watch);
		close(unit->exec_watch.fd);
	}
	free(unit);
}
