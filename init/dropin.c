/* SPDX-License-Identifier: MIT */
#include "init/dropin.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "conf/value.h"
#include "services/environment.h"
#include "services/executable.h"

_Noreturn static void run_child(const struct spawn_host *host, char *const *argv)
{
	int error = 0;
	const char *path =
		executable_find(argv[0], environment_get(host->environment, "PATH"), &error);

	/* It leads a process group of its own, in the foreground if there is a terminal: then the
	 * terminal's signals reach it, and ours do not come twice. */
	if (!host->terminal.present || terminal_lead() < 0) {
		setpgid(0, 0);
	}
	if (host->ignores_children) {
		signal(SIGCHLD, SIG_IGN);
	}
	if (path) {
		sigprocmask(SIG_SETMASK, &host->signal_mask, NULL);
		execve(path, argv, host->environment);
		error = executable_explain(path, errno);
	}
	fprintf(stderr, "berth-init: cannot run %s: %s\n", argv[0], strerrordesc_np(error));
	_exit(step_exit_code(STEP_EXEC, error));
}

static void tell(const struct dropin_options *options, int level, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* In one piece, for the command writes there as well. */
static void tell(const struct dropin_options *options, int level, const char *format, ...)
{
	char text[512] = "berth-init: ";
	size_t begin = strlen(text);
	va_list arguments;

	if (options->verbosity < level) {
		return;
	}
	va_start(arguments, format);
	int length = vsnprintf(text + begin, sizeof(text) - begin - 1, format, arguments);
	va_end(arguments);
	size_t end = begin + (size_t)length < sizeof(text) - 1 ? begin + (size_t)length
							       : sizeof(text) - 2;
	text[end++] = '\n';
	(void)!write(STDERR_FILENO, text, end);
}

/* tini's words, which its own tests look for. */
static void tell_orphan(const struct dropin_options *options, pid_t pid)
{
	tell(options, options->tell_orphans ? DROPIN_SILENT : DROPIN_TELL_ORPHANS,
		"Reaped zombie process with pid=%d", (int)pid);
}

static void tell_end(const struct dropin_options *options, pid_t pid, int status)
{
	if (WIFSIGNALED(status)) {
		tell(options, DROPIN_TELL_ENDS, "process %d was killed by %s", (int)pid,
			conf_signal_name(WTERMSIG(status)));
	} else {
		tell(options, DROPIN_TELL_ENDS, "process %d exited with code %d", (int)pid,
			WEXITSTATUS(status));
	}
}

/* Reaps all that has ended. True once `child` is among them, with its wait status. */
static bool reap(pid_t child, const struct dropin_options *options, int *ret_status)
{
	bool ended = false;
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid == child) {
			*ret_status = status;
			ended = true;
		} else {
			tell_orphan(options, pid);
		}
	}
	return ended;
}

/* Signals that stand for a fault of our own, or that come from the terminal's job control. */
static bool is_ours(int signal)
{
	static const int ours[] = { SIGFPE, SIGILL, SIGSEGV, SIGBUS, SIGABRT, SIGTRAP, SIGSYS,
		SIGTTIN, SIGTTOU };

	for (size_t i = 0; i < sizeof(ours) / sizeof(ours[0]); i++) {
		if (ours[i] == signal) {
			return true;
		}
	}
	return false;
}

static void forward(pid_t child, const struct dropin_options *options, int signal)
{
	int sent = options->rewrite[signal] ? options->rewrite[signal] : signal;

	if (sent == DROPIN_DROP || (sent == signal && is_ours(signal) && !options->as_dumb_init)) {
		return;
	}
	tell(options, DROPIN_TELL_SIGNALS, "got %s, forwarding %s", conf_signal_name(signal),
		conf_signal_name(sent));
	/* Before its setpgid() the group does not exist yet. */
	if (!options->signal_group || kill(-child, sent) < 0) {
		kill(child, sent);
	}
}

/* Under a shell that does job control we stop with the command, and go on when told to. */
static void follow_stop(pid_t child)
{
	if (terminal_has_stopped(child)) {
		if (getpid() != 1) {
			kill(getpid(), SIGSTOP);
		}
		terminal_resume(child);
	}
}

static bool is_stop(int signal)
{
	return signal == SIGTSTP || signal == SIGTTIN || signal == SIGTTOU;
}

/* What dumb-init does for the shell above, whatever the command makes of the signal. SIGCONT, which
 * is blocked, is first of what we hear then; it has to reach the command before we look at that. */
static void stop_with_it(pid_t child, const struct dropin_options *options)
{
	const struct timespec now = { 0 };
	sigset_t go_on;

	kill(getpid(), SIGSTOP);
	sigemptyset(&go_on);
	sigaddset(&go_on, SIGCONT);
	if (sigtimedwait(&go_on, NULL, &now) == SIGCONT) {
		forward(child, options, SIGCONT);
	}
}

static int wait_for(pid_t child, const struct dropin_options *options)
{
	sigset_t all;
	int status = 0;

	sigfillset(&all);
	while (!reap(child, options, &status)) {
		int signal = sigwaitinfo(&all, NULL);

		if (signal > 0 && signal != SIGCHLD) {
			forward(child, options, signal);
		}
		if (options->as_dumb_init && is_stop(signal) && getpid() != 1) {
			stop_with_it(child, options);
		}
		follow_stop(child);
	}
	return status;
}

int dropin_run(
	const struct spawn_host *host, const struct dropin_options *options, char *const *argv)
{
	if (getpid() != 1 && !options->subreaper) {
		tell(options, 0,
			"not PID 1, so orphans are reaped as their subreaper (-s says that this is "
			"meant)");
	}
	if (options->parent_death) {
		prctl(PR_SET_PDEATHSIG, options->parent_death, 0, 0, 0);
	}
	pid_t child = fork();
	if (child < 0) {
		fprintf(stderr, "berth-init: cannot fork: %s\n", strerrordesc_np(errno));
		return 71;
	}
	if (child == 0) {
		run_child(host, argv);
	}
	tell(options, DROPIN_TELL_ENDS, "%s runs as process %d", argv[0], (int)child);
	/* Nothing is kept busy by where we happened to be started; staying does no harm. */
	(void)!chdir("/");
	int status = wait_for(child, options);
	tell_end(options, child, status);
	/* Who is left of the group should not outlive it where we are not PID 1. */
	if (options->signal_group) {
		kill(-child, SIGTERM);
	}
	int code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);

	/* As in tini, `-e 143` stands for a death by SIGTERM, too. */
	return options->codes[code / 8] & (1U << (code % 8)) ? 0 : code;
}
