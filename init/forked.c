/* SPDX-License-Identifier: MIT */
#include "init/forked.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/adoption.h"
#include "init/unit.h"
#include "services/pid_file.h"

enum {
	/* Of /proc/self/task/TID/children: more children than a guess could choose from. */
	CHILDREN_TEXT_MAX = 4096,
};

static const struct service_config *config_of(const struct unit *unit)
{
	return unit_service(unit)->config;
}

static void post(struct unit *unit, enum service_event_kind kind)
{
	queue_post(&unit->manager->queue, unit->index, kind, 0);
}

static bool take(struct unit *unit, pid_t pid, bool trusted, const char **ret_why)
{
	*ret_why = adoption_begin(unit, pid, trusted);
	return !*ret_why;
}

/* --- the file -------------------------------------------------------------------------------- */

static const char *explain(int error)
{
	switch (error) {
	case ENOENT:
		return "it is not there yet";
	case ENODATA:
		return "its first line is empty";
	case EINVAL:
		return "its first line is no number of a process";
	case EBADF:
		return "it is no plain file";
	case ELOOP:
		return "it is a symbolic link";
	default:
		return strerrordesc_np(error);
	}
}

static bool try_file(struct unit *unit)
{
	const struct service_config *config = config_of(unit);
	struct log *log = &unit->manager->log;
	bool trusted = false;
	pid_t pid = 0;
	const char *why = NULL;
	int r = pid_file_read(config->pid_file, &pid, &trusted);

	if (r == 0 && take(unit, pid, trusted, &why)) {
		return true;
	}
	if (r < 0) {
		log_print(log, "%s: PIDFile=%s: %s, waiting for it", config->name, config->pid_file,
			explain(-r));
	} else {
		log_print(log, "%s: PIDFile=%s names process %d: %s; waiting for another",
			config->name, config->pid_file, (int)pid, why);
	}
	return false;
}

/* What changed may have changed again. */
static void on_file(struct ev_loop *loop, ev_stat *watch, int events)
{
	struct unit *unit = watch->data;

	(void)events;
	if (try_file(unit)) {
		ev_stat_stop(loop, watch);
		post(unit, EVENT_MAIN_FOUND);
	} else {
		post(unit, EVENT_MAIN_MISSING);
	}
}

/* --- the guess ------------------------------------------------------------------------------- */

static bool is_zombie(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == pid;
}

/* Our children that belong to the service. Without a box, a daemon that left the session of the
 * command that forked it is known by belonging to nobody else. */
static size_t find_children(struct unit *unit, pid_t *ret_last)
{
	char text[CHILDREN_TEXT_MAX];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);
	size_t count = 0;

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	for (char *at = text, *end; *at; at = end + strspn(end, " ")) {
		pid_t pid = (pid_t)strtol(at, &end, 10);

		/* A number at the very end may lack its last digits. */
		if (end == at || !*end) {
			break;
		}
		if (pid != unit->control_pid && !is_zombie(pid) && !unit_is_of_another(unit, pid)) {
			contain_adopt(&unit->containment, pid);
			if (contain_has(&unit->containment, pid)) {
				*ret_last = pid;
				count++;
			}
		}
	}
	return count;
}

static bool guess(struct unit *unit)
{
	pid_t pid = 0;
	const char *why = "this is switched off by GuessMainPID=no";
	size_t count = find_children(unit, &pid);

	if (count == 1 && !config_of(unit)->no_guess && take(unit, pid, false, &why)) {
		return true;
	}
	if (count != 1) {
		why = count ? "it left several" : "it left no process of ours";
	}
	log_print(&unit->manager->log,
		"%s: its main process cannot be guessed: %s; see PIDFile=", config_of(unit)->name,
		why);
	return false;
}

/* --- both ------------------------------------------------------------------------------------ */

int forked_init(struct unit *unit, const struct service_config *config)
{
	if (!config->pid_file) {
		return 0;
	}
	unit->pid_file_watch = calloc(1, sizeof(*unit->pid_file_watch));
	if (!unit->pid_file_watch) {
		return -ENOMEM;
	}
	ev_init(unit->pid_file_watch, on_file);
	unit->pid_file_watch->data = unit;
	return 0;
}

void forked_stop_seeking(struct unit *unit)
{
	if (unit->pid_file_watch) {
		ev_stat_stop(unit->manager->loop, unit->pid_file_watch);
	}
}

void forked_seek(struct unit *unit)
{
	const char *path = config_of(unit)->pid_file;
	pid_t ignored;

	if (!path) {
		post(unit, guess(unit) ? EVENT_MAIN_FOUND : EVENT_MAIN_MISSING);
		return;
	}
	find_children(unit, &ignored); /* for their groups, where there is no box */
	/* Watched first: what is written meanwhile is not missed. */
	if (!ev_is_active(unit->pid_file_watch)) {
		ev_stat_set(unit->pid_file_watch, path, 0);
		ev_stat_start(unit->manager->loop, unit->pid_file_watch);
	}
	if (try_file(unit)) {
		forked_stop_seeking(unit);
		post(unit, EVENT_MAIN_FOUND);
	} else {
		post(unit, EVENT_MAIN_MISSING);
	}
}
