/* SPDX-License-Identifier: MIT */
#include "init/speech.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "init/adoption.h"
#include "init/narrator.h"
#include "init/unit.h"

enum {
	/* More than a socket's queue holds (net.unix.max_dgram_qlen). */
	WORDS_MAX = 1024,
};

static bool may_speak(const struct unit *unit, pid_t sender)
{
	switch (unit_service(unit)->config->notify_access) {
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

static void refuse(struct unit *unit, pid_t sender)
{
	/* Once: a stranger must not fill the log. */
	if (!unit->speech->refusal_told) {
		unit->speech->refusal_told = true;
		narrate_refused_message(&unit->manager->log, unit_service(unit), sender);
	}
}

/* Keeps what is shown to people, and tells what changes for them. */
static void keep(struct unit *unit, const struct notify_message *news)
{
	struct notify_message *said = &unit->speech->said;
	struct log *log = &unit->manager->log;

	if (news->status_set) {
		memcpy(said->status, news->status, sizeof(said->status));
	}
	if (news->error_set) {
		said->error_set = true;
		said->error = news->error;
	}
	if (news->exit_status_set) {
		said->exit_status_set = true;
		said->exit_status = news->exit_status;
	}
	if (news->fd_store && !said->fd_store) {
		said->fd_store = true;
		log_print(log, "%s: FDSTORE=1 is not supported, its descriptors were closed",
			unit_service(unit)->config->name);
	}
	if (said->reloading && news->ready) {
		said->reloading = false;
		log_print(log, "%s: reloaded", unit_service(unit)->config->name);
	}
	if (news->reloading && !said->reloading) {
		said->reloading = true;
		log_print(log, "%s: reloading", unit_service(unit)->config->name);
	}
}

static void post(struct unit *unit, enum service_event_kind kind, int64_t span_ms)
{
	queue_post_span(&unit->manager->queue, unit->index, kind, span_ms);
}

/* At most one event of a kind, however much was said. */
static void act_on(struct unit *unit, const struct notify_message *news)
{
	if (news->extend_ms) {
		post(unit, EVENT_EXTEND, news->extend_ms);
	}
	if (news->watchdog_ms) {
		post(unit, EVENT_WATCHDOG_SPAN, news->watchdog_ms);
	}
	if (news->ready) {
		post(unit, EVENT_READY, 0);
	}
	if (news->stopping) {
		post(unit, EVENT_STOPPING, 0);
	}
	if (news->watchdog != NOTIFY_WATCHDOG_SILENT) {
		bool trigger = news->watchdog == NOTIFY_WATCHDOG_TRIGGER;

		post(unit, trigger ? EVENT_WATCHDOG_TRIGGER : EVENT_ALIVE, 0);
	}
}

/* MAINPID= replaces a main process, it does not make one. */
static void hand_over(struct unit *unit, pid_t pid, bool trusted)
{
	const char *why = unit->main_pid ? adoption_begin(unit, pid, trusted)
					 : "it has no main process that could be replaced";

	if (why) {
		log_print(&unit->manager->log, "%s: MAINPID=%d is refused: %s",
			unit_service(unit)->config->name, (int)pid, why);
	}
}

/* Takes one message, and adds it to the `news`. Returns whether there was one. */
static bool take_message(struct unit *unit, struct notify_message *news)
{
	struct notify_message message = { 0 };
	char text[NOTIFY_DATAGRAM_MAX];
	size_t length;
	struct ucred sender;

	if (notify_socket_receive(&unit->speech->socket, text, &length, &sender) <= 0) {
		return false;
	}
	if (!may_speak(unit, sender.pid)) {
		refuse(unit, sender.pid);
		return true;
	}
	notify_message_add(&message, text, length);
	keep(unit, &message);
	/* At once: the next message may come from there. */
	if (message.main_pid && message.main_pid != unit->main_pid) {
		hand_over(unit, message.main_pid, sender.uid == 0);
	}
	notify_message_add(news, text, length);
	return true;
}

void speech_hear(struct unit *unit)
{
	struct notify_message news = { 0 };

	if (!unit->speech) {
		return;
	}
	for (int i = 0; i < WORDS_MAX && unit->speech->socket.fd >= 0; i++) {
		if (!take_message(unit, &news)) {
			break;
		}
	}
	act_on(unit, &news);
}

static void on_notify(struct ev_loop *loop, ev_io *watch, int events)
{
	(void)loop;
	(void)events;
	speech_hear(watch->data);
}

/* The directory is made for the first one that needs it. */
static int open_socket(struct unit *unit)
{
	struct notify_directory *directory = &unit->manager->notify_directory;

	if (!directory->tried) {
		notify_directory_init(directory);
		if (!directory->path[0]) {
			log_print(&unit->manager->log,
				"cannot write to /run, the sockets of sd_notify(3) are abstract");
		}
	}
	return notify_socket_open(&unit->speech->socket, directory, unit->id);
}

const char *speech_path(struct unit *unit)
{
	struct notify_socket *socket = unit->speech ? &unit->speech->socket : NULL;

	if (!socket) {
		return NULL;
	}
	if (socket->fd < 0) {
		int r = open_socket(unit);

		if (r < 0) {
			log_print(&unit->manager->log, "%s: cannot make its notify socket: %s",
				unit_service(unit)->config->name, strerrordesc_np(-r));
			return NULL;
		}
		ev_io_set(&socket->watch, socket->fd, EV_READ);
		ev_io_start(unit->manager->loop, &socket->watch);
	}
	return socket->path;
}

const struct notify_message *speech_said(const struct unit *unit)
{
	static const struct notify_message nothing;

	return unit->speech ? &unit->speech->said : &nothing;
}

void speech_forget(struct unit *unit)
{
	if (unit->speech) {
		unit->speech->said = (struct notify_message) { 0 };
		unit->speech->refusal_told = false;
	}
}

int speech_init(struct unit *unit, const struct service_config *config)
{
	struct notify_socket *socket;

	if (config->notify_access == NOTIFY_NONE) {
		return 0;
	}
	unit->speech = calloc(1, sizeof(*unit->speech));
	if (!unit->speech) {
		return -ENOMEM;
	}
	socket = &unit->speech->socket;
	socket->fd = -1;
	ev_init(&socket->watch, on_notify);
	socket->watch.data = unit;
	return 0;
}

void speech_finish(struct unit *unit)
{
	if (unit->speech) {
		ev_io_stop(unit->manager->loop, &unit->speech->socket.watch);
		notify_socket_close(&unit->speech->socket);
		free(unit->speech);
		unit->speech = NULL;
	}
}
