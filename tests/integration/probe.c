/* SPDX-License-Identifier: MIT */
/*
 * What runs under the init that is tested: does what its arguments say, from left to right. At
 * their end it exits with 0.
 *
 *   exit:N die:SIGNAL            ends
 *   say:TEXT event:TEXT          a line on stdout; one in the FIFO `events` beside this program
 *   event-pid                    the event "pid N"
 *   notify:TEXT ready            a datagram to $NOTIFY_SOCKET; READY=1
 *   flood                        datagrams to it that no daemon would send
 *   barrier fdstore              BARRIER=1, FDSTORE=1 with a pipe: until it is closed
 *   claim                        MAINPID= with its own pid
 *   listen:PORT hole:PORT        on 127.0.0.1; the second takes no connection
 *   accept reset:N answer:STATUS takes a connection; resets N; answers one as HTTP does
 *   newline:FD touch:FILE        writes a newline; makes a file
 *   after:MS                     a moment later
 *   beat:N:MS                    N times WATCHDOG=1, each MS milliseconds after the last
 *   name:NAME                    `on` tells "NAME stopped"
 *   on:SIGNAL:N tell:SIGNAL      on the signal: exit with N; tell it as an event and go on
 *   ignore:SIGNAL pause          signals are by number or as TERM
 *   hold:SIGNAL await:SIGNAL     from here on it is only taken by `await`, which waits for it
 *   poke:SIGNAL orphan           sends it to the parent; waits until that is PID 1
 *   fork ... end                 a child does what is between, then exits with 0
 *   setsid wait orphans:N        `wait` reaps all children; N orphans die at once
 *   bomb:N               doubles without end, each in its own session deaf to SIGTERM; N live on
 *   fail:N:CODE crash:N:SIGNAL   exits with CODE, dies by SIGNAL, in the first N runs
 *   procs                        "procs N": how many processes are there beside it and PID 1
 *   bytes:N                      N bytes of numbered lines on stdout
 *   close-stdio close-all        nothing holds stdout and stderr open any longer; nor stdin
 *   last-pid:N eat:MIB           the next process will be N+1; takes that much memory
 *   fds signals ids cwd umask env:NAME environ stat:PATH tty pid cgroup  tells it on stdout
 *   status:FIELD sched io        likewise: of /proc/self/status, scheduling, its priority of I/O
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/integration/probe_tell.h"

static int exit_codes[NSIG];
static char directory[256];
static char events[300];
static char stop_event[64];

_Noreturn void probe_fail(const char *what)
{
	fprintf(stderr, "probe: %s: %s\n", what, strerror(errno));
	_exit(99);
}

/* For signal handlers, too. One write of less than PIPE_BUF: lines of several probes never mix. */
static void write_event(const char *text)
{
	char line[256];
	size_t length = strlen(text);
	int fd = open(events, O_WRONLY | O_CLOEXEC);

	if (length < sizeof(line)) {
		memcpy(line, text, length);
		line[length++] = '\n';
	}
	if (fd < 0 || write(fd, line, length) != (ssize_t)length) {
		_exit(98);
	}
	close(fd);
}

static int signal_number(const char *name)
{
	static const struct {
		const char *name;
		int number;
	} names[] = {
		{ "TERM", SIGTERM },
		{ "INT", SIGINT },
		{ "HUP", SIGHUP },
		{ "QUIT", SIGQUIT },
		{ "USR1", SIGUSR1 },
		{ "USR2", SIGUSR2 },
		{ "KILL", SIGKILL },
		{ "SEGV", SIGSEGV },
		{ "STOP", SIGSTOP },
		{ "CONT", SIGCONT },
		{ "WINCH", SIGWINCH },
		{ "ILL", SIGILL },
		{ "TRAP", SIGTRAP },
		{ "ABRT", SIGABRT },
		{ "BUS", SIGBUS },
		{ "FPE", SIGFPE },
		{ "SYS", SIGSYS },
		{ "TSTP", SIGTSTP },
		{ "TTIN", SIGTTIN },
		{ "TTOU", SIGTTOU },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strncmp(name, names[i].name, strlen(names[i].name)) == 0) {
			return names[i].number;
		}
	}
	return (int)strtol(name, NULL, 10);
}

static void on_exit_signal(int signal)
{
	if (*stop_event) {
		write_event(stop_event);
	}
	_exit(exit_codes[signal]);
}

static void on_told_signal(int signal)
{
	char text[] = "signal 00";

	text[7] = (char)('0' + signal / 10);
	text[8] = (char)('0' + signal % 10);
	write_event(text);
}

static void do_name(const char *value)
{
	snprintf(stop_event, sizeof(stop_event), "%s stopped", value);
}

static void do_on(const char *value)
{
	int signal_taken = signal_number(value);
	const char *code = strchr(value, ':');

	exit_codes[signal_taken] = code ? (int)strtol(code + 1, NULL, 10) : 0;
	signal(signal_taken, on_exit_signal);
}

static void do_tell(const char *value)
{
	signal(signal_number(value), on_told_signal);
}

static void do_ignore(const char *value)
{
	signal(signal_number(value), SIG_IGN);
}

static void do_hold(const char *value)
{
	sigset_t held;

	sigemptyset(&held);
	sigaddset(&held, signal_number(value));
	sigprocmask(SIG_BLOCK, &held, NULL);
}

static void do_await(const char *value)
{
	sigset_t awaited;

	sigemptyset(&awaited);
	sigaddset(&awaited, signal_number(value));
	while (sigwaitinfo(&awaited, NULL) < 0) {
	}
}

static void do_poke(const char *value)
{
	kill(getppid(), signal_number(value));
}

/* Children have their new parent before the end of the old one is told. */
static void do_orphan(const char *value)
{
	pid_t parent = getppid();
	struct pollfd end = { .fd = parent == 1 ? -1 : pidfd_open(parent, 0), .events = POLLIN };

	if (end.fd >= 0 && poll(&end, 1, 60000) != 1) {
		probe_fail("the parent does not end");
	}
	if (getppid() != 1) {
		probe_fail("no orphan");
	}
}

static _Noreturn void do_exit(const char *value)
{
	fflush(stdout);
	_exit((int)strtol(value, NULL, 10));
}

static void do_die(const char *value)
{
	struct rlimit none = { 0 };

	setrlimit(RLIMIT_CORE, &none);
	kill(getpid(), signal_number(value));
}

static void do_say(const char *value)
{
	puts(value);
}

static void do_pause(const char *value)
{
	fflush(stdout);
	for (;;) {
		pause();
	}
}

static void do_setsid(const char *value)
{
	setsid();
}

static void do_wait(const char *value)
{
	while (wait(NULL) > 0 || errno == EINTR) {
	}
}

/* Each is a child's child, so that it ends up with PID 1. A batch at a time is alive. */
static void do_orphans(const char *value)
{
	for (long rest = strtol(value, NULL, 10); rest > 0; rest -= 100) {
		pid_t pid = fork();

		if (pid < 0) {
			probe_fail("fork");
		}
		for (long i = 0; pid == 0 && i < 100 && i < rest; i++) {
			if (fork() == 0) {
				_exit(0);
			}
		}
		if (pid == 0) {
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
}

/* The event "bomb" comes when there are N. All but those that already are N go on forking. */
static void do_bomb(const char *value)
{
	long most = strtol(value, NULL, 10);
	long *count = mmap(
		NULL, sizeof(*count), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (count == MAP_FAILED) {
		probe_fail("mmap");
	}
	signal(SIGTERM, SIG_IGN);
	*count = 1;
	while (__atomic_load_n(count, __ATOMIC_SEQ_CST) < most) {
		if (fork() == 0) {
			setsid();
			if (__atomic_add_fetch(count, 1, __ATOMIC_SEQ_CST) == most) {
				write_event("bomb");
			}
		}
	}
}

/* Counts this run; returns what follows the second colon of `N:VALUE` in the first N of them. */
static const char *early_run(const char *value)
{
	char path[300];
	struct stat status;
	const char *rest = strchr(value, ':');

	snprintf(path, sizeof(path), "%s/runs.%s", directory, value);
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);

	if (fd < 0 || write(fd, "x", 1) != 1 || fstat(fd, &status) < 0) {
		probe_fail(path);
	}
	close(fd);
	return rest && status.st_size <= strtol(value, NULL, 10) ? rest + 1 : NULL;
}

static void do_fail(const char *value)
{
	const char *code = early_run(value);

	if (code) {
		do_exit(code);
	}
}

static void do_crash(const char *value)
{
	const char *number = early_run(value);

	if (number) {
		do_die(number);
	}
}

/* Lines of 64 bytes, "%063ld\n", so that a reader can check each of them. */
static void do_bytes(const char *value)
{
	long lines = strtol(value, NULL, 10) / 64;

	for (long i = 0; i < lines; i++) {
		printf("%063ld\n", i);
	}
	fflush(stdout);
}

static void do_close_stdio(const char *value)
{
	fflush(stdout);
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	dup2(fd, 1);
	dup2(fd, 2);
	close(fd);
}

static void do_close_all(const char *value)
{
	fflush(stdout);
	close_range(0, ~0U, 0);
}

/* /proc/sys/kernel/ns_last_pid of proc(5). */
static void do_last_pid(const char *value)
{
	int fd = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, value, strlen(value)) < 0) {
		probe_fail("ns_last_pid");
	}
	close(fd);
}

static void do_eat(const char *value)
{
	size_t size = strtoul(value, NULL, 10) << 20;
	void *food = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (food == MAP_FAILED) {
		probe_fail("memory");
	}
	memset(food, 1, size);
}

static void do_event(const char *value)
{
	fflush(stdout);
	write_event(value);
}

static void do_event_pid(const char *value)
{
	char text[32];

	snprintf(text, sizeof(text), "pid %d", getpid());
	do_event(text);
}

static const struct probe_word words[] = {
	{ "exit", do_exit },
	{ "die", do_die },
	{ "say", do_say },
	{ "event", do_event },
	{ "event-pid", do_event_pid },
	{ "on", do_on },
	{ "tell", do_tell },
	{ "ignore", do_ignore },
	{ "pause", do_pause },
	{ "setsid", do_setsid },
	{ "wait", do_wait },
	{ "orphans", do_orphans },
	{ "hold", do_hold },
	{ "await", do_await },
	{ "poke", do_poke },
	{ "orphan", do_orphan },
	{ "bomb", do_bomb },
	{ "fail", do_fail },
	{ "crash", do_crash },
	{ "name", do_name },
	{ "bytes", do_bytes },
	{ "close-stdio", do_close_stdio },
	{ "close-all", do_close_all },
	{ "last-pid", do_last_pid },
	{ "eat", do_eat },
	{ NULL },
};

static bool run_from(const struct probe_word *table, const char *word)
{
	const char *value = strchr(word, ':');
	size_t length = value ? (size_t)(value - word) : strlen(word);

	for (; table->name; table++) {
		if (strlen(table->name) == length && strncmp(word, table->name, length) == 0) {
			table->run(value ? value + 1 : "");
			return true;
		}
	}
	return false;
}

static void run_word(const char *word)
{
	if (!run_from(words, word) && !run_from(probe_tell_words, word) &&
		!run_from(probe_notify_words, word) && !run_from(probe_net_words, word)) {
		errno = EINVAL;
		probe_fail(word);
	}
}

/* Forks where the words say so; returns how many words were used up. */
static int run_fork(char **word)
{
	int end = 1;

	for (int depth = 1; word[end] && depth; end++) {
		depth += strcmp(word[end], "fork") == 0;
		depth -= strcmp(word[end], "end") == 0;
	}
	fflush(stdout);
	pid_t pid = fork();

	if (pid < 0) {
		probe_fail("fork");
	}
	if (pid == 0) {
		word[end - 1] = NULL;
		return 1;
	}
	return end;
}

int main(int argc, char **argv)
{
	const char *slash = strrchr(argv[0], '/');

	snprintf(directory, sizeof(directory), "%.*s", slash ? (int)(slash - argv[0]) : 1,
		slash ? argv[0] : ".");
	snprintf(events, sizeof(events), "%s/events", directory);
	for (char **word = argv + 1; *word;) {
		if (strcmp(*word, "fork") == 0) {
			word += run_fork(word);
		} else {
			run_word(*word++);
		}
	}
	fflush(stdout);
	return 0;
}
