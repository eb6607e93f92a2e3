/* SPDX-License-Identifier: MIT */
#include "init/reaper.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "init/census.h"
#include "init/clock.h"
#include "init/unit.h"

enum {
	BATCH_MAX = 1024,
	KILL_MS = 1000,
};

void reaper_read_reports(struct manager *m)
{
	struct spawn_report report;

	while (read(m->report_watch.fd, &report, sizeof(report)) == sizeof(report)) {
		struct unit *unit = manager_unit(m, report.service);

		if (unit) {
			unit_report(unit, &report);
		}
	}
}

static void add_usage(struct usage *sum, const struct rusage *more)
{
	timeradd(&sum->user, &more->ru_utime, &sum->user);
	timeradd(&sum->system, &more->ru_stime, &sum->system);
	sum->max_rss_kib = sum->max_rss_kib > more->ru_maxrss ? sum->max_rss_kib : more->ru_maxrss;
}

static bool give_to_unit(struct manager *m, pid_t pid, int status, const struct rusage *used)
{
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		if (unit_reap(m->units[i], pid, status)) {
			add_usage(&m->units[i]->used, used);
			return true;
		}
	}
	/* One that was the main process until another was named. */
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		contain_leader_reaped(&m->units[i]->containment, pid);
	}
	return false;
}

static void post_empty(struct manager *m)
{
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		unit_check_empty(m->units[i]);
	}
}

/* Reaping gives the number of a process away: what is known by it is held before. */
static void hold(struct manager *m, pid_t pid)
{
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		if (contain_hold(&m->units[i]->containment, pid)) {
			return;
		}
	}
}

/* The next that is dead, or 0; -1 and ECHILD if there is no child. It stays a zombie. */
static pid_t next_dead(void)
{
	siginfo_t info = { 0 };

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) < 0 ? -1 : info.si_pid;
}

void reaper_run(struct manager *m)
{
	struct rusage used;
	int status;
	pid_t pid;

	reaper_read_reports(m);
	for (int i = 0; i < BATCH_MAX; i++) {
		pid = next_dead();
		if (pid > 0) {
			hold(m, pid);
			pid = wait4(pid, &status, WNOHANG, &used);
		}
		if (pid <= 0) {
			m->childless = pid < 0 && errno == ECHILD;
			/* Each timer of a round asks: told once is enough, the queue has an end. */
			if (i > 0) {
				post_empty(m);
			}
			return;
		}
		census_expire(m);
		if (!give_to_unit(m, pid, status, &used)) {
			m->orphans++;
		}
	}
	post_empty(m);
	raise(SIGCHLD);
}

/* --- the sweep ------------------------------------------------------------------------------- */

struct sweep {
	struct manager *manager;
	unsigned reaped;
	unsigned senders; /* of those: ours */
};

/* kill(-1) can hang on a process that hangs in the kernel: from a child, which is not waited for.
 * It reaches all but PID 1 and the sender itself. */
static void signal_everybody(struct sweep *sweep, int signal)
{
	pid_t pid = fork();

	if (pid == 0) {
		kill(-1, signal);
		_exit(0);
	}
	if (pid < 0) {
		kill(-1, signal);
	} else {
		sweep->senders++;
	}
}

/* As a subreaper the namespace is not ours: only our own children are, again and again as their
 * children come to us. The list (proc(5)) may be cut: the next round gets the rest. */
static void signal_children(int signal)
{
	char text[4096];
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? 0 : read(fd, text, sizeof(text) - 1);

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	for (char *at = text; *at;) {
		char *end;
		long pid = strtol(at, &end, 10);

		/* A number at the very end may lack its last digits. */
		if (end == at || !*end) {
			break;
		}
		kill((pid_t)pid, signal);
		at = end + strspn(end, " ");
	}
}

/* A main process that was given up, or never asked to stop, still decides what is told of it. */
static void note_end(struct manager *m, pid_t pid, int status)
{
	for (size_t i = 0; i < m->supervisor.set->count; i++) {
		struct service *service = &m->supervisor.services[i];

		if (pid == m->units[i]->main_pid && service->main_alive) {
			service->main_alive = false;
			service->main_status = status;
		}
	}
}

/* Takes one that has ended; false if there is none, and in `ret_none` whether none is left. */
static bool take_one(struct sweep *sweep, bool *ret_none)
{
	int status;
	pid_t pid = waitpid(-1, &status, WNOHANG);

	*ret_none = pid < 0 && errno == ECHILD;
	if (pid > 0) {
		sweep->reaped++;
		note_end(sweep->manager, pid, status);
	}
	return pid > 0;
}

/* Reaps until no child is left (true) or the time is up. SIGCHLD is blocked and wakes the wait. */
static bool reap_until(struct sweep *sweep, int64_t deadline_ms, int again)
{
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	for (;;) {
		bool none;

		if (take_one(sweep, &none)) {
			continue;
		}
		if (none) {
			return true;
		}
		int64_t rest_ms = deadline_ms - clock_now_ms();
		if (rest_ms <= 0) {
			return false;
		}
		if (again && getpid() != 1) {
			signal_children(again);
		}
		const struct timespec wait = { rest_ms / 1000, rest_ms % 1000 * 1000000 };
		sigtimedwait(&child, NULL, &wait);
	}
}

static bool send_and_reap(struct sweep *sweep, int signal, int64_t timeout_ms)
{
	if (getpid() == 1) {
		signal_everybody(sweep, signal);
	} else {
		signal_children(signal);
	}
	return reap_until(sweep, clock_now_ms() + timeout_ms, signal == SIGKILL ? signal : 0);
}

unsigned reaper_sweep(struct manager *m, int64_t grace_ms)
{
	struct sweep sweep = { .manager = m };
	bool none;

	/* What has ended by now was not left over. */
	while (take_one(&sweep, &none)) {
	}
	sweep.reaped = 0;
	if (!none && (grace_ms <= 0 || !send_and_reap(&sweep, SIGTERM, grace_ms))) {
		send_and_reap(&sweep, SIGKILL, KILL_MS);
	}
	return sweep.reaped > sweep.senders ? sweep.reaped - sweep.senders : 0;
}
