/* SPDX-License-Identifier: MIT */
#include "init/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/adoption.h"
#include "init/box.h"
#include "init/clock.h"
#include "init/forked.h"
#include "init/narrator.h"
#include "init/speech.h"
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
	/* A word of life that came in time counts, even if it is seen only now. */
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

static pid_t spawn(struct unit *unit, const struct exec_command *command, bool control)
{
	int exec_pipe[2] = { -1, -1 };
	bool wants_exec = !control && config_of(unit)->type == SERVICE_EXEC;
	bool foreground = is_foreground(unit);

	if (wants_exec && pipe2(exec_pipe, O_CLOEXEC) < 0) {
		return -errno;
	}
	const struct spawn_request request = {
		.config = config_of(unit),
		.command = command,
		.service = (uint32_t)unit->index,
		.control = control,
		.foreground = foreground,
		.log_fd = log_fd(unit, foreground),
		.exec_fd = exec_pipe[1],
		.notify_socket = speech_path(unit),
		.watchdog_ms = control ? 0 : config_of(unit)->watchdog_ms,
		.main_pid = control ? unit->main_pid : 0,
		.cgroup_fd = unit->containment.cgroup_fd,
	};
	pid_t pid = spawn_process(&unit->manager->host, &request);
	if (pid > 0 && foreground) {
		unit->manager->job = pid;
	}
	if (exec_pipe[1] >= 0) {
		close(exec_pipe[1]);
	}
	if (pid > 0 && wants_exec) {
		watch_exec(unit, exec_pipe[0]);
	} else if (wants_exec) {
		close(exec_pipe[0]);
	}
	return pid;
}

static bool try_spawn(struct unit *unit, const struct exec_command *command, bool control)
{
	box_open(unit);
	pid_t pid = spawn(unit, command, control);

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

	if (pid) {
		contain_signal_one(pid, signal);
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
		return;
	}
	if (action == ACTION_SIGNAL_MAIN) {
		signal_one(unit, false, signal);
	}
	signal_one(unit, true, signal);
}

bool unit_reap(struct unit *unit, pid_t pid, int status)
{
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
		const struct unit *other = &m->units[i];

		if (other != unit && (pid == other->main_pid || pid == other->control_pid ||
					     contain_has(&other->containment, pid))) {
			return true;
		}
	}
	return false;
}

void unit_check_empty(struct unit *unit)
{
	if (service_awaits_empty(unit_service(unit)) && contain_is_empty(&unit->containment)) {
		post(unit, EVENT_EMPTY, 0);
	}
}

void unit_report(struct unit *unit, const struct spawn_report *report)
{
	if (!report->control) {
		unit->start_failed = true;
	}
	narrate_report(&unit->manager->log, unit_service(unit), report);
}

void unit_init(struct unit *unit, struct manager *manager, size_t index)
{
	unit->manager = manager;
	unit->index = index;
	unit->box_events_fd = -1;
	unit->containment.cgroup_fd = -1;
	ev_init(&unit->timer, on_timer);
	ev_init(&unit->exec_watch, on_exec);
	unit->timer.data = unit;
	unit->exec_watch.data = unit;
	speech_init(unit);
	adoption_init(unit);
	forked_init(unit);
	log_channel_name(&manager->log, index,
		config_of(unit)->exec.log_name ? config_of(unit)->exec.log_name
					       : config_of(unit)->name);
}

void unit_finish(struct unit *unit)
{
	struct ev_loop *loop = unit->manager->loop;

	ev_timer_stop(loop, &unit->timer);
	speech_finish(unit);
	adoption_end(unit);
	forked_stop_seeking(unit);
	if (ev_is_active(&unit->exec_watch)) {
		ev_io_stop(loop, &unit->exec_watch);
		close(unit->exec_watch.fd);
	}
}
