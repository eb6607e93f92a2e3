/* SPDX-License-Identifier: MIT */
#include "init/unit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/clock.h"
#include "init/narrator.h"

enum {
	/* More than a socket's queue holds (net.unix.max_dgram_qlen). */
	LAST_WORDS_MAX = 1024,
};

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
	if (clock_now_ms() < unit_service(unit)->deadline_ms) {
		unit_arm(unit); /* a timer may be early by a fraction of a millisecond */
		return;
	}
	post(unit, EVENT_TIMEOUT, 0);
}

void unit_arm(struct unit *unit)
{
	struct ev_loop *loop = unit->manager->loop;
	int64_t deadline_ms = unit_service(unit)->deadline_ms;

	if (deadline_ms == NEVER) {
		ev_timer_stop(loop, &unit->timer);
		return;
	}
	int64_t rest_ms = deadline_ms - clock_now_ms();
	unit->timer.repeat = rest_ms > 0 ? (double)rest_ms / 1000 : 1e-6;
	ev_timer_again(loop, &unit->timer);
}

/* --- readiness ------------------------------------------------------------------------------- */

static bool may_notify(const struct unit *unit, pid_t sender)
{
	switch (config_of(unit)->notify_access) {
	case NOTIFY_NONE:
		return false;
	case NOTIFY_MAIN:
		return sender > 0 && sender == unit->main_pid;
	case NOTIFY_EXEC:
		return sender > 0 && (sender == unit->main_pid || sender == unit->control_pid);
	case NOTIFY_ALL:
		return true;
	}
	return false;
}

/* Takes one message. Returns whether there was one; sets `*ready` if it says READY=1. */
static bool take_message(struct unit *unit, bool *ready)
{
	struct notify_message message;
	pid_t sender;

	if (notify_socket_receive(&unit->notify, &message, &sender) <= 0) {
		return false;
	}
	if (!may_notify(unit, sender)) {
		narrate_refused_message(&unit->manager->log, unit_service(unit), sender);
	} else if (message.ready) {
		*ready = true;
	}
	return true;
}

static void on_notify(struct ev_loop *loop, ev_io *watch, int events)
{
	struct unit *unit = watch->data;
	bool ready = false;

	(void)loop;
	(void)events;
	if (take_message(unit, &ready) && ready) {
		post(unit, EVENT_READY, 0);
	}
}

static void on_exec(struct ev_loop *loop, ev_io *watch, int events)
{
	struct unit *unit = watch->data;

	(void)events;
	ev_io_stop(loop, watch);
	close(watch->fd);
	post(unit, EVENT_EXECED, 0);
}

/* What a process told before its end comes before its end, whichever is seen first. */
static void hear_last_words(struct unit *unit)
{
	bool ready = false;

	if (ev_is_active(&unit->exec_watch)) {
		on_exec(unit->manager->loop, &unit->exec_watch, EV_READ);
	}
	for (int i = 0; i < LAST_WORDS_MAX && unit->notify.fd >= 0; i++) {
		if (!take_message(unit, &ready)) {
			break;
		}
	}
	if (ready) {
		post(unit, EVENT_READY, 0);
	}
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

static const char *notify_path(struct unit *unit)
{
	if (config_of(unit)->notify_access == NOTIFY_NONE) {
		return NULL;
	}
	if (unit->notify.fd < 0) {
		int r = notify_socket_open(
			&unit->notify, &unit->manager->notify_directory, unit->index);

		if (r < 0) {
			log_print(&unit->manager->log, "%s: cannot make its notify socket: %s",
				config_of(unit)->name, strerrordesc_np(-r));
			return NULL;
		}
		ev_io_set(&unit->notify.watch, unit->notify.fd, EV_READ);
		ev_io_start(unit->manager->loop, &unit->notify.watch);
	}
	return unit->notify.path;
}

/* --- spawn ----------------------------------------------------------------------------------- */

static bool writes_to_log(const struct exec_context *exec)
{
	return exec->output.kind == STREAM_DEFAULT || exec->output.kind == STREAM_LOG ||
	       exec->error.kind == STREAM_LOG;
}

static int log_fd(struct unit *unit)
{
	struct log *log = &unit->manager->log;

	if (!writes_to_log(&config_of(unit)->exec)) {
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

	if (wants_exec && pipe2(exec_pipe, O_CLOEXEC) < 0) {
		return -errno;
	}
	const struct spawn_request request = {
		.config = config_of(unit),
		.command = command,
		.service = (uint32_t)unit->index,
		.control = control,
		.log_fd = log_fd(unit),
		.exec_fd = exec_pipe[1],
		.notify_socket = notify_path(unit),
		.main_pid = control ? unit->main_pid : 0,
	};
	pid_t pid = spawn_process(&unit->manager->host, &request);
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
	bool main = pid == unit->main_pid;

	if (!main && pid != unit->control_pid) {
		return false;
	}
	if (main) {
		hear_last_words(unit);
		unit->main_pid = 0;
	} else {
		unit->control_pid = 0;
	}
	contain_leader_reaped(&unit->containment, pid);
	log_channel_catch_up(&unit->manager->log, unit->index);
	narrate_exit(&unit->manager->log, unit_service(unit), status, main);
	post(unit, main ? EVENT_MAIN_EXIT : EVENT_CONTROL_EXIT, status);
	return true;
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
	unit->notify.fd = -1;
	ev_init(&unit->timer, on_timer);
	ev_init(&unit->exec_watch, on_exec);
	ev_init(&unit->notify.watch, on_notify);
	unit->timer.data = unit;
	unit->exec_watch.data = unit;
	unit->notify.watch.data = unit;
	log_channel_name(&manager->log, index,
		config_of(unit)->exec.log_name ? config_of(unit)->exec.log_name
					       : config_of(unit)->name);
}

void unit_finish(struct unit *unit)
{
	struct ev_loop *loop = unit->manager->loop;

	ev_timer_stop(loop, &unit->timer);
	ev_io_stop(loop, &unit->notify.watch);
	notify_socket_close(&unit->notify);
	if (ev_is_active(&unit->exec_watch)) {
		ev_io_stop(loop, &unit->exec_watch);
		close(unit->exec_watch.fd);
	}
}
