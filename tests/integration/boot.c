/* SPDX-License-Identifier: MIT */
#include "tests/integration/boot.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <poll.h>
#include <pty.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/integration/boot_world.h"

enum {
	CASE_LIMIT_S = 200,
};

static const char *path_from(const char *variable, const char *built)
{
	const char *path = getenv(variable);

	return path ? path : built;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t boot_elapsed_ms(const struct boot *boot)
{
	return now_ms() - boot->started_ms;
}

static void copy_file(const char *from, const char *to)
{
	char buffer[65536];
	ssize_t length;
	int in = open(from, O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	cr_assert(in >= 0 && out >= 0, "cannot copy %s to %s", from, to);
	while ((length = read(in, buffer, sizeof(buffer))) > 0) {
		cr_assert(write(out, buffer, (size_t)length) == length);
	}
	close(in);
	close(out);
}

void boot_init(struct boot *boot)
{
	char path[PATH_MAX];
	const char *temporary = path_from("TMPDIR", "/tmp");

	/* Not Criterion's own time limit: its runner misses the end of a case now and then, and
	 * hangs. */
	alarm(CASE_LIMIT_S);
	memset(boot, 0, sizeof(*boot));
	boot->poor_id = 100000U + (uid_t)getpid();
	boot->log.fd = boot->events.fd = boot->pidfd = boot->terminal = -1;
	snprintf(boot->directory, sizeof(boot->directory), "%s/boot.XXXXXX", temporary);
	cr_assert(mkdtemp(boot->directory), "cannot make a directory in %s", temporary);
	/* Services that run as somebody else get here, too. */
	chmod(boot->directory, 0755);
	snprintf(path, sizeof(path), "%s/probe", boot->directory);
	copy_file(path_from("BERTH_PROBE", BERTH_PROBE), path);
	snprintf(path, sizeof(path), "%s/events", boot->directory);
	cr_assert(mkfifo(path, 0600) == 0 && chmod(path, 0666) == 0);
	/* For both ends, so that it neither blocks here nor ends with the first probe. */
	boot->events.fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	cr_assert(boot->events.fd >= 0);
}

static void stream_finish(struct boot_stream *stream)
{
	if (stream->fd >= 0) {
		close(stream->fd);
	}
	free(stream->text);
	*stream = (struct boot_stream) { .fd = -1 };
}

void boot_close_log(struct boot *boot)
{
	close(boot->log.fd);
	boot->log.fd = -1;
	boot->log.ended = true;
}

void boot_finish(struct boot *boot)
{
	char command[128];

	if (boot->pid > 0) {
		kill(boot->pid, SIGKILL);
		waitpid(boot->pid, NULL, 0);
	}
	if (boot->pidfd >= 0) {
		close(boot->pidfd);
	}
	if (boot->terminal >= 0) {
		close(boot->terminal);
	}
	stream_finish(&boot->log);
	stream_finish(&boot->events);
	snprintf(command, sizeof(command), "rm -rf --one-file-system '%s'", boot->directory);
	cr_expect(system(command) == 0); /* NOLINT(cert-env33-c) */
}

/* `@` stands for the scratch directory. The caller owns the result. */
static char *with_directory(const struct boot *boot, const char *text)
{
	char *result = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&result, &size);

	for (; *text; text++) {
		if (*text == '@') {
			fputs(boot->directory, out);
		} else {
			fputc(*text, out);
		}
	}
	fclose(out);
	return result;
}

void boot_write(const struct boot *boot, const char *name, const char *text)
{
	char path[PATH_MAX];
	char *whole = with_directory(boot, text);

	snprintf(path, sizeof(path), "%s/%s", boot->directory, name);
	FILE *out = fopen(path, "we");

	cr_assert(out, "cannot write %s", path);
	cr_assert(fputs(whole, out) >= 0);
	cr_assert(fclose(out) == 0);
	free(whole);
}

/* Like fork(), into new namespaces: Criterion has a second thread, so unshare() is no way. */
static void clone_init(struct boot *boot, const struct boot_launch *launch)
{
	struct clone_args arguments = {
		.flags = CLONE_PIDFD | CLONE_NEWNS,
		.pidfd = (uintptr_t)&boot->pidfd,
		.exit_signal = SIGCHLD,
	};

	if (!(launch->flags & BOOT_SAME_PIDS)) {
		arguments.flags |= CLONE_NEWPID;
	}
	if (launch->flags & BOOT_NETWORK) {
		arguments.flags |= CLONE_NEWNET;
	}
	boot->started_ms = now_ms();
	long pid = syscall(SYS_clone3, &arguments, sizeof(arguments));

	if (pid == 0) {
		boot_world_enter(launch);
	}
	cr_assert(pid > 0, "cannot make namespaces: run as root");
	boot->pid = (pid_t)pid;
}

static void open_output(struct boot *boot, struct boot_launch *launch)
{
	int ends[2];

	if (launch->flags & BOOT_TTY) {
		cr_assert(openpty(&boot->terminal, &ends[1], NULL, NULL, NULL) == 0);
		boot->log.fd = dup(boot->terminal);
		launch->input = launch->output = ends[1];
	} else {
		cr_assert(pipe2(ends, O_CLOEXEC) == 0);
		boot->log.fd = ends[0];
		launch->output = ends[1];
		launch->input = open("/dev/null", O_RDWR | O_CLOEXEC);
	}
	fcntl(boot->log.fd, F_SETFL, O_NONBLOCK);
}

void boot_start(struct boot *boot, unsigned flags, const char *const arguments[])
{
	struct boot_launch launch = {
		.flags = flags,
		.cwd = flags & BOOT_SCRATCH ? boot->directory : "/",
		.own_cgroup = boot->own_cgroup,
		.poor_id = boot->poor_id,
		.descriptors = boot->descriptors,
		.program = path_from("BERTH_INIT", BERTH_INIT),
	};
	size_t count = 0;

	/* Some cases do it hundreds of times: the limit is that of each run. */
	alarm(CASE_LIMIT_S);
	launch.argv[count++] = strdup(boot->name ? boot->name : launch.program);
	for (; *arguments; arguments++) {
		cr_assert(count < BOOT_ARGUMENTS_MAX - 1);
		launch.argv[count++] = with_directory(boot, *arguments);
	}
	stream_finish(&boot->log);
	open_output(boot, &launch);
	clone_init(boot, &launch);
	close(launch.output);
	if (launch.input != launch.output) {
		close(launch.input);
	}
	while (count > 0) {
		free(launch.argv[--count]);
	}
}

void boot_services(struct boot *boot, const char *text)
{
	boot_services_in(boot, 0, text);
}

/* The later file has the last word. */
void boot_services_in(struct boot *boot, unsigned flags, const char *text)
{
	boot_write(boot, "base.ini", "[init]\nTimeoutStopSec=40\n");
	boot_write(boot, "init.ini", text);
	boot_start(boot, flags,
		(const char *const[]) { "-c", "@/base.ini", "-c", "@/init.ini", NULL });
}

int boot_run(struct boot *boot, const char *text)
{
	boot_services(boot, text);
	return boot_end(boot);
}

void boot_signal(const struct boot *boot, int signal)
{
	cr_assert(kill(boot->pid, signal) == 0);
}

/* Takes what is there; returns whether anything was. */
static bool stream_read(struct boot_stream *stream)
{
	enum {
		PIECE = 65536,
	};
	char *larger = realloc(stream->text, stream->length + PIECE + 1);

	cr_assert(larger);
	stream->text = larger;
	stream->text[stream->length] = '\0';
	ssize_t length = read(stream->fd, stream->text + stream->length, PIECE);

	if (length > 0) {
		stream->length += (size_t)length;
		stream->text[stream->length] = '\0';
	} else if (length == 0 || (errno != EAGAIN && errno != EINTR)) {
		/* A terminal whose other side is gone gives EIO. */
		stream->ended = true;
	}
	return length > 0;
}

/* Waits for more of the log, an event or the end of the init. Returns false at the deadline. */
static bool boot_poll(struct boot *boot, int64_t deadline_ms)
{
	int64_t rest_ms = deadline_ms - now_ms();
	bool log_open = !boot->log.ended && !boot->stalled;
	struct pollfd fds[] = {
		{ .fd = log_open ? boot->log.fd : -1, .events = POLLIN },
		{ .fd = boot->events.fd, .events = POLLIN },
		{ .fd = log_open ? -1 : boot->pidfd, .events = POLLIN },
	};

	if (rest_ms <= 0 || poll(fds, 3, (int)rest_ms) == 0) {
		return false;
	}
	if (fds[0].revents) {
		stream_read(&boot->log);
	}
	if (fds[1].revents) {
		stream_read(&boot->events);
	}
	return true;
}

static bool ended(const struct boot *boot)
{
	struct pollfd fd = { .fd = boot->pidfd, .events = POLLIN };

	return poll(&fd, 1, 0) > 0;
}

/* The end of what came, for a message: Criterion waits for ever where one has a megabyte. */
static const char *end_of(const struct boot_stream *stream)
{
	enum {
		SHOWN = 2048,
	};
	size_t skipped = stream->length > SHOWN ? stream->length - SHOWN : 0;

	return stream->text ? stream->text + skipped : "";
}

int boot_end(struct boot *boot)
{
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;
	int status;

	while (!boot->log.ended || !ended(boot)) {
		boot->stalled = boot->stalled && !ended(boot);
		cr_assert(boot_poll(boot, deadline_ms), "still running, its log:\n%s",
			end_of(&boot->log));
	}
	while (stream_read(&boot->events)) {
	}
	cr_assert(waitpid(boot->pid, &status, 0) == boot->pid);
	boot->pid = 0;
	close(boot->pidfd);
	boot->pidfd = -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Where `text` begins behind what was taken, or NULL; as a whole line if `line`. */
static char *find(const struct boot_stream *stream, size_t from, const char *text, bool line)
{
	size_t length = strlen(text);
	char *at = stream->text ? stream->text + from : NULL;

	while (at && (at = strstr(at, text))) {
		bool begins = at == stream->text || at[-1] == '\n';

		if (!line || (begins && at[length] == '\n')) {
			return at;
		}
		at++;
	}
	return NULL;
}

static void expect(struct boot *boot, struct boot_stream *stream, const char *text, bool line)
{
	int64_t deadline_ms = now_ms() + BOOT_DEADLINE_MS;
	char *at;

	while (!(at = find(stream, stream->taken, text, line))) {
		bool over = boot->log.ended && ended(boot);

		if (over && stream_read(stream)) {
			continue;
		}
		cr_assert(!over && boot_poll(boot, deadline_ms),
			"no \"%s\"\n-- events:\n%s-- log:\n%s", text, end_of(&boot->events),
			end_of(&boot->log));
	}
	stream->taken = (size_t)(at - stream->text) + strlen(text);
}

void boot_expect_event(struct boot *boot, const char *event)
{
	expect(boot, &boot->events, event, true);
}

void boot_expect_log(struct boot *boot, const char *text)
{
	expect(boot, &boot->log, text, false);
}

bool boot_logged(const struct boot *boot, const char *text)
{
	return find(&boot->log, 0, text, false);
}

bool boot_happened(const struct boot *boot, const char *event)
{
	return find(&boot->events, 0, event, true);
}

void read_text(const char *path, char *buffer, size_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, buffer, size - 1);

	cr_assert(length >= 0, "cannot read %s", path);
	buffer[length] = '\0';
	close(fd);
}
