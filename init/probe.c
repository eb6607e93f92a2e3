/* SPDX-License-Identifier: MIT */
#include "init/probe.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/ready.h"
#include "init/unit.h"

enum {
	CONNECT_MS = 1000,
	SETTLE_MS = 50,
	ANSWER_MS = 5000,
	COMMAND_MS = 10000,
	REQUEST_MAX = 2048,
};

static const char nothing_seen[] = "nothing was seen yet";

static const struct ready_when *ready_of(const struct unit *unit)
{
	return unit_service(unit)->config->ready_when;
}

static void arm(struct unit *unit, int64_t ms)
{
	unit->probe->timer.repeat = (double)ms / 1000;
	ev_timer_again(unit->manager->loop, &unit->probe->timer);
}

static void watch(struct unit *unit, int fd, int events)
{
	struct probe *p = unit->probe;

	ev_io_stop(unit->manager->loop, &p->watch);
	ev_io_set(&p->watch, fd, events);
	ev_io_start(unit->manager->loop, &p->watch);
}

static void close_descriptor(struct unit *unit)
{
	struct probe *p = unit->probe;

	ev_io_stop(unit->manager->loop, &p->watch);
	if (p->watch.fd >= 0) {
		close(p->watch.fd);
		p->watch.fd = -1;
	}
}

/* What the service writes to the log, and what is followed for it. */
static void observe(struct unit *unit, log_observer *observer)
{
	struct log *log = &unit->manager->log;

	log_channel_observe(log, unit->index, observer, unit);
	if (unit_service(unit)->config->log_follow) {
		log_channel_observe(log, unit->follow->channel, observer, unit);
	}
}

static void stop(struct unit *unit)
{
	struct probe *p = unit->probe;

	close_descriptor(unit);
	ev_timer_stop(unit->manager->loop, &p->timer);
	observe(unit, NULL);
	if (p->pid) {
		kill(-p->pid, SIGKILL);
		kill(p->pid, SIGKILL); /* it may not have come to its setsid() yet */
	}
	p->step = PROBE_OFF;
}

static void succeed(struct unit *unit)
{
	stop(unit);
	queue_post(&unit->manager->queue, unit->index, EVENT_PROBED, 0);
}

static void try_later(struct unit *unit, const char *seen, int status)
{
	struct probe *p = unit->probe;

	close_descriptor(unit);
	p->seen = seen;
	p->status = status;
	p->step = PROBE_WAITING;
	arm(unit, p->delay_ms);
	p->delay_ms = ready_next_delay_ms(p->delay_ms);
}

/* --- tcp and http ---------------------------------------------------------------------------- */

static void ask(struct unit *unit)
{
	struct probe *p = unit->probe;
	const struct ready_when *ready = ready_of(unit);
	char request[REQUEST_MAX];
	int length = snprintf(request, sizeof(request),
		"GET %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: berth-init\r\nAccept: */*\r\n"
		"Connection: close\r\n\r\n",
		ready->target, ready->host);

	/* A fresh socket takes it whole. */
	if (length >= REQUEST_MAX ||
		send(p->watch.fd, request, (size_t)length, MSG_NOSIGNAL) != length) {
		try_later(unit, "the request could not be sent", 0);
		return;
	}
	p->length = 0;
	p->step = PROBE_ASKING;
	watch(unit, p->watch.fd, EV_READ);
	arm(unit, ANSWER_MS);
}

static void connected(struct unit *unit)
{
	struct probe *p = unit->probe;
	int error = 0;
	socklen_t size = sizeof(error);

	getsockopt(p->watch.fd, SOL_SOCKET, SO_ERROR, &error, &size);
	if (error) {
		try_later(unit, strerrordesc_np(error), 0);
	} else if (ready_of(unit)->kind == READY_HTTP) {
		ask(unit);
	} else {
		p->step = PROBE_SETTLING;
		watch(unit, p->watch.fd, EV_READ);
		arm(unit, SETTLE_MS);
	}
}

static void begin_connect(struct unit *unit)
{
	struct probe *p = unit->probe;
	const struct ready_when *ready = ready_of(unit);
	const union ready_address *address =
		&ready->addresses[p->attempts++ % ready->addresses_count];
	int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0) {
		try_later(unit, strerrordesc_np(errno), 0);
		return;
	}
	p->step = PROBE_CONNECTING;
	watch(unit, fd, EV_WRITE);
	arm(unit, CONNECT_MS);
	if (connect(fd, &address->any, ready_address_length(address)) < 0 && errno != EINPROGRESS) {
		try_later(unit, strerrordesc_np(errno), 0);
	}
}

/* Something came, or the end of it; or nothing did all the time. The timer may be told of before
 * what happened in time, if we were late to look. */
static void settle(struct unit *unit, bool over)
{
	char byte;
	ssize_t n = recv(unit->probe->watch.fd, &byte, 1, 0);
	bool silent = n < 0 && (errno == EAGAIN || errno == EINTR);

	if (n == 1 || (silent && over)) {
		succeed(unit);
	} else if (!silent) {
		try_later(unit, "the connection was closed at once", 0);
	}
}

static void read_answer(struct unit *unit)
{
	struct probe *p = unit->probe;
	ssize_t n = recv(p->watch.fd, p->answer + p->length, sizeof(p->answer) - p->length, 0);

	if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
		return;
	}
	p->length += n > 0 ? (size_t)n : 0;
	int status = ready_http_status(p->answer, p->length);
	if (status >= 200 && status < 300) {
		succeed(unit);
	} else if (status > 0) {
		try_later(unit, "the HTTP status was", status);
	} else if (status < 0 || n <= 0) {
		try_later(unit, "the answer was not HTTP", 0);
	}
}

/* --- the others ------------------------------------------------------------------------------ */

static void look_for_path(struct unit *unit)
{
	struct stat status;

	if (stat(ready_of(unit)->target, &status) == 0) {
		succeed(unit);
	} else {
		try_later(unit, strerrordesc_np(errno), 0);
	}
}

static void run_command(struct unit *unit)
{
	struct probe *p = unit->probe;

	if (p->pid) { /* the last one was killed and is not reaped yet */
		try_later(unit, "the command does not end", 0);
		return;
	}
	pid_t pid = unit_spawn_probe(unit, ready_of(unit)->command);
	if (pid < 0) {
		try_later(unit, strerrordesc_np(-pid), 0);
		return;
	}
	p->pid = pid;
	p->step = PROBE_RUNNING;
	arm(unit, COMMAND_MS);
}

bool probe_reap(struct unit *unit, pid_t pid, int status)
{
	struct probe *p = unit->probe;

	if (!p || pid != p->pid) {
		return false;
	}
	p->pid = 0;
	if (p->step == PROBE_RUNNING && status == 0) {
		succeed(unit);
	} else if (p->step == PROBE_RUNNING) {
		bool ended = WIFEXITED(status);

		try_later(unit,
			ended ? "the command ended with" : "the command was killed by signal",
			ended ? WEXITSTATUS(status) : WTERMSIG(status));
	}
	return true;
}

static void on_line(void *data, const char *line, size_t length)
{
	struct unit *unit = data;

	if (pattern_matches(ready_of(unit)->pattern, line, length)) {
		succeed(unit);
	}
}

/* As s6 has it: a newline is the word. An end without one leaves it to the time-out. */
static void read_newline(struct unit *unit)
{
	struct probe *p = unit->probe;
	char bytes[256];
	ssize_t n = read(p->watch.fd, bytes, sizeof(bytes));

	if (n > 0 && memchr(bytes, '\n', (size_t)n)) {
		succeed(unit);
	} else if (n == 0) {
		p->seen = "the descriptor was closed without a newline";
		close_descriptor(unit);
	}
}

void probe_listen(struct unit *unit, int fd)
{
	struct probe *p = unit->probe;

	close_descriptor(unit);
	ev_io_set(&p->watch, fd, EV_READ);
}

/* --- the loop -------------------------------------------------------------------------------- */

static void begin_attempt(struct unit *unit)
{
	switch (ready_of(unit)->kind) {
	case READY_TCP:
	case READY_HTTP:
		begin_connect(unit);
		break;
	case READY_PATH:
		look_for_path(unit);
		break;
	case READY_EXEC:
		run_command(unit);
		break;
	case READY_LOG:
	case READY_FD:
		break;
	}
}

static void on_watch(struct ev_loop *loop, ev_io *io, int events)
{
	struct unit *unit = io->data;

	(void)loop;
	(void)events;
	switch (unit->probe->step) {
	case PROBE_CONNECTING:
		connected(unit);
		break;
	case PROBE_SETTLING:
		settle(unit, false);
		break;
	case PROBE_ASKING:
		read_answer(unit);
		break;
	case PROBE_WAITING:
		read_newline(unit);
		break;
	case PROBE_OFF:
	case PROBE_RUNNING:
		break;
	}
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct unit *unit = timer->data;

	(void)events;
	ev_timer_stop(loop, timer);
	switch (unit->probe->step) {
	case PROBE_WAITING:
		begin_attempt(unit);
		break;
	case PROBE_CONNECTING:
		try_later(unit, "the connection timed out", 0);
		break;
	case PROBE_SETTLING:
		settle(unit, true);
		break;
	case PROBE_ASKING:
		try_later(unit, "there was no answer", 0);
		break;
	case PROBE_RUNNING:
		kill(-unit->probe->pid, SIGKILL);
		break;
	case PROBE_OFF:
		break;
	}
}

static void start(struct unit *unit)
{
	struct probe *p = unit->probe;
	enum ready_kind kind = ready_of(unit)->kind;

	p->step = PROBE_WAITING;
	p->delay_ms = READY_FIRST_DELAY_MS;
	p->attempts = 0;
	p->status = 0;
	p->seen = nothing_seen;
	if (kind == READY_LOG) {
		observe(unit, on_line);
	} else if (kind == READY_FD && p->watch.fd >= 0) {
		ev_io_start(unit->manager->loop, &p->watch);
	} else if (kind != READY_FD) {
		begin_attempt(unit);
	}
}

void probe_update(struct unit *unit)
{
	bool forked = !unit->retry_main && !unit->retry_control;
	bool wanted = forked && service_is_probed(unit_service(unit));

	if (!unit->probe) {
		return;
	}
	if (wanted && unit->probe->step == PROBE_OFF) {
		start(unit);
	} else if (!wanted && unit->probe->step != PROBE_OFF) {
		stop(unit);
	}
}

int probe_init(struct unit *unit, const struct service_config *config)
{
	struct probe *p = NULL;

	if (!config->ready_when) {
		return 0;
	}
	p = calloc(1, sizeof(*p));
	if (!p) {
		return -ENOMEM;
	}
	p->seen = nothing_seen; /* fork() may be refused for as long as a start may take */
	ev_init(&p->timer, on_timer);
	ev_set_priority(&p->timer, UNIT_TIMER_PRIORITY);
	ev_init(&p->watch, on_watch);
	p->timer.data = unit;
	p->watch.data = unit;
	p->watch.fd = -1;
	unit->probe = p;
	return 0;
}

void probe_finish(struct unit *unit)
{
	if (unit->probe) {
		/* After a reload its channels may be those of others by now. */
		if (unit->probe->step != PROBE_OFF) {
			stop(unit);
		}
		close_descriptor(unit);
		free(unit->probe);
		unit->probe = NULL;
	}
}
