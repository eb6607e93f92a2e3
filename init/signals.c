/* SPDX-License-Identifier: MIT */
#include "init/signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "conf/value.h"
#include "init/clock.h"
#include "init/narrator.h"
#include "init/reaper.h"

static void ask_to_stop(struct manager *m, int signal)
{
	log_print(&m->log, "got %s", conf_signal_name(signal));
	supervisor_on_signal(&m->supervisor, signal, clock_now_ms());
}

/* The third request kills at once, and SIGQUIT means that. */
static void quit(struct manager *m)
{
	ask_to_stop(m, SIGQUIT);
	supervisor_on_signal(&m->supervisor, SIGQUIT, clock_now_ms());
	supervisor_on_signal(&m->supervisor, SIGQUIT, clock_now_ms());
}

static bool asks_to_stop(int signal)
{
	return signal == SIGTERM || signal == SIGINT || signal == SIGPWR ||
	       signal == SIGRTMIN + 3 || signal == SIGRTMIN + 4;
}

static void handle(struct manager *m, int signal, bool hang_up)
{
	if (asks_to_stop(signal)) {
		ask_to_stop(m, signal);
	} else if (signal == SIGQUIT) {
		quit(m);
	} else if (signal == SIGUSR1) {
		narrate_all(m);
	} else if (signal == SIGHUP && !hang_up) {
		reload_ask(m);
	}
}

/* The kernel tells the end of a terminal to its session's leader alone, who passes it on to the
 * foreground job. Whoever else sends the signal asks for the files to be read again. */
static bool is_hang_up(const struct signalfd_siginfo *info)
{
	return info->ssi_signo == SIGHUP && info->ssi_code == SI_KERNEL;
}

static void pass_hang_up(const struct manager *m)
{
	if (m->job) {
		kill(-m->job, SIGHUP);
	}
}

static void on_signal(struct ev_loop *loop, ev_io *watch, int events)
{
	struct manager *m = watch->data;
	struct signalfd_siginfo info;

	(void)loop;
	(void)events;
	while (read(watch->fd, &info, sizeof(info)) == sizeof(info)) {
		if (is_hang_up(&info)) {
			pass_hang_up(m);
		}
		handle(m, (int)info.ssi_signo, is_hang_up(&info));
	}
	/* Nobody else could let it go on. */
	if (m->job && terminal_has_stopped(m->job)) {
		terminal_resume(m->job);
	}
	/* Any signal may have hidden that of a child: SIGCHLDs merge. */
	reaper_run(m);
}

int signals_start(struct manager *m)
{
	static const int signals[] = { SIGCHLD, SIGTERM, SIGINT, SIGQUIT, SIGPWR, SIGUSR1, SIGHUP };
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaddset(&set, signals[i]);
	}
	sigaddset(&set, SIGRTMIN + 3);
	sigaddset(&set, SIGRTMIN + 4);
	int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	ev_io_init(&m->signal_watch, on_signal, fd, EV_READ);
	m->signal_watch.data = m;
	ev_io_start(m->loop, &m->signal_watch);
	return 0;
}

void signals_stop(struct manager *m)
{
	ev_io_stop(m->loop, &m->signal_watch);
	close(m->signal_watch.fd);
}

bool signals_stop_is_pending(void)
{
	sigset_t pending;

	sigpending(&pending);
	for (int signal = 1; signal <= SIGRTMAX; signal++) {
		if (sigismember(&pending, signal) == 1 &&
			(asks_to_stop(signal) || signal == SIGQUIT)) {
			return true;
		}
	}
	return false;
}
