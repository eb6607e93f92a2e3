/* SPDX-License-Identifier: MIT */
/*
 * A list of steps, each small and each with a name, so that a failure says which setting of the
 * service it was. The order is that of systemd's exec_child(): what needs root comes before the
 * user changes, the signal mask last.
 */
#include "services/child.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "services/credentials.h"
#include "services/directories.h"
#include "services/environment.h"
#include "services/executable.h"

struct child {
	const struct spawn_host *host;
	const struct spawn_request *request;
	const struct exec_context *exec;
	bool privileged; /* the + prefix: the user and what comes with it is left out */
	struct credentials credentials;
	char **environment;
	struct conf_arena *arena; /* never given back: execve() does that */
};

/* `item`: which one of a setting that is a list. */
_Noreturn static void fail_at(const struct child *c, enum spawn_step step, int error, size_t item)
{
	const struct spawn_report report = {
		.service = c->request->service,
		.control = c->request->control,
		.step = (uint16_t)step,
		.item = (uint32_t)item,
		.error = error,
	};
	ssize_t n;

	/* Less than PIPE_BUF, so it is written whole or not at all. */
	do {
		n = write(c->host->report_fd, &report, sizeof(report));
	} while (n < 0 && errno == EINTR);
	_exit(step_exit_code(step, error));
}

_Noreturn static void fail(const struct child *c, enum spawn_step step, int error)
{
	fail_at(c, step, error, 0);
}

/* For what returns -1 and sets errno. */
static void check(const struct child *c, enum spawn_step step, int r)
{
	if (r < 0) {
		fail(c, step, errno);
	}
}

static bool changes_user(const struct child *c)
{
	return !c->privileged &&
	       (c->exec->user || c->exec->group || c->exec->supplementary_groups.count);
}

static void make_private_mounts(const struct child *c)
{
	if (!c->exec->private_mounts || c->privileged) {
		return;
	}
	check(c, STEP_MOUNTS, unshare(CLONE_NEWNS));
	check(c, STEP_MOUNTS, mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
}

static void resolve_user(struct child *c)
{
	if (!changes_user(c)) {
		c->credentials.uid = getuid();
		c->credentials.gid = getgid();
		return;
	}
	int r = credentials_resolve(c->exec, &c->credentials);
	if (r < 0) {
		fail(c, r == -ENOENT ? STEP_USER : STEP_GROUP, r == -E2BIG ? E2BIG : EINVAL);
	}
}

static void create_directories(const struct child *c)
{
	static const enum spawn_step steps[DIRECTORY_KINDS] = {
		[DIRECTORY_RUNTIME] = STEP_RUNTIME_DIRECTORY,
		[DIRECTORY_STATE] = STEP_STATE_DIRECTORY,
		[DIRECTORY_CACHE] = STEP_CACHE_DIRECTORY,
		[DIRECTORY_LOGS] = STEP_LOGS_DIRECTORY,
	};
	enum exec_directory_kind kind = DIRECTORY_RUNTIME;
	int r = directories_create(c->exec, c->credentials.uid, c->credentials.gid, &kind);

	if (r < 0) {
		fail(c, steps[kind], -r);
	}
}

/* PID 1 leaves a few descriptors unused, so that a child can open what it needs even where all
 * others are taken. set_limits() gives the service what it should have. */
static void use_spare_descriptors(const struct child *c)
{
	const struct rlimit all = { c->host->nofile.rlim_max, c->host->nofile.rlim_max };

	if (c->host->nofile_raised) {
		check(c, STEP_LIMITS, setrlimit(RLIMIT_NOFILE, &all));
	}
}

static int open_null(const struct child *c)
{
	return c->host->null_fd >= 0 ? fcntl(c->host->null_fd, F_DUPFD_CLOEXEC, 3)
				     : open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
}

static int open_file(const struct exec_stream *stream, bool input)
{
	int flags = O_CLOEXEC | O_NOCTTY | (input ? O_RDONLY : O_WRONLY | O_CREAT);

	flags |= stream->kind == STREAM_APPEND ? O_APPEND : 0;
	flags |= stream->kind == STREAM_TRUNCATE ? O_TRUNC : 0;
	return open(stream->path, flags, 0644);
}

/* Puts what `stream` says on descriptor `target`. */
static int open_stream(const struct child *c, const struct exec_stream *stream, int target)
{
	int fd = -1;

	switch (stream->kind) {
	case STREAM_INHERIT:
		return 0;
	case STREAM_DEFAULT:
	case STREAM_LOG:
		if (target == STDIN_FILENO) {
			fd = open_null(c);
			break;
		}
		/* Without a log the container's own output takes it. */
		return c->request->log_fd < 0 ? 0 : dup2(c->request->log_fd, target);
	case STREAM_NULL:
		fd = open_null(c);
		break;
	case STREAM_FILE:
	case STREAM_APPEND:
	case STREAM_TRUNCATE:
		fd = open_file(stream, target == STDIN_FILENO);
		break;
	}
	if (fd < 0 || fd == target) {
		return fd;
	}
	int r = dup2(fd, target);
	close(fd);
	return r;
}

static void open_streams(const struct child *c)
{
	check(c, STEP_STDIN, open_stream(c, &c->exec->input, STDIN_FILENO));
	check(c, STEP_STDOUT, open_stream(c, &c->exec->output, STDOUT_FILENO));
	/* systemd.exec(5): standard error goes where standard output goes unless told. */
	if (c->exec->error.kind == STREAM_DEFAULT && c->exec->output.kind != STREAM_INHERIT) {
		check(c, STEP_STDERR, dup2(STDOUT_FILENO, STDERR_FILENO));
	} else if (c->exec->error.kind != STREAM_DEFAULT) {
		check(c, STEP_STDERR, open_stream(c, &c->exec->error, STDERR_FILENO));
	}
}

static void set_limits(const struct child *c)
{
	if (c->host->nofile_raised && !c->exec->limits[RLIMIT_NOFILE].set) {
		check(c, STEP_LIMITS, setrlimit(RLIMIT_NOFILE, &c->host->nofile));
	}
	for (int kind = 0; kind < RLIM_NLIMITS; kind++) {
		if (c->exec->limits[kind].set) {
			check(c, STEP_LIMITS, setrlimit(kind, &c->exec->limits[kind].limit));
		}
	}
}

static void set_priorities(const struct child *c)
{
	if (c->exec->nice_set) {
		check(c, STEP_NICE, setpriority(PRIO_PROCESS, 0, c->exec->nice));
	}
	if (c->exec->oom_score_adjust_set) {
		char text[16];
		int length = snprintf(text, sizeof(text), "%d", c->exec->oom_score_adjust);
		int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

		check(c, STEP_OOM_SCORE_ADJUST, fd);
		check(c, STEP_OOM_SCORE_ADJUST, (int)write(fd, text, (size_t)length));
		close(fd);
	}
}

static void build_environment(struct child *c)
{
	const struct environment_source source = {
		.inherited = c->host->environment,
		.credentials = c->exec->user && !c->privileged ? &c->credentials : NULL,
		.notify_socket = c->request->notify_socket,
		.main_pid = c->request->main_pid,
	};
	size_t file = 0;
	int r = environment_build(c->arena, c->exec, &source, &c->environment, &file);

	if (r < 0) {
		bool of_file = file < c->exec->environment_files.count;

		fail_at(c, of_file ? STEP_ENVIRONMENT_FILE : STEP_ENVIRONMENT, -r, file);
	}
}

static void change_user(const struct child *c)
{
	const struct credentials *to = &c->credentials;

	if (changes_user(c)) {
		check(c, STEP_SET_GROUPS, setgroups(to->groups_count, to->groups));
		check(c, STEP_SET_GROUPS, setresgid(to->gid, to->gid, to->gid));
		check(c, STEP_SET_USER, setresuid(to->uid, to->uid, to->uid));
	}
	if (c->exec->no_new_privileges && !c->privileged) {
		check(c, STEP_NO_NEW_PRIVILEGES, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	}
}

static void enter_working_directory(const struct child *c)
{
	const char *path = c->exec->working_directory ? c->exec->working_directory : "/";

	if (strcmp(path, "~") == 0) {
		path = c->credentials.home[0] ? c->credentials.home : "/";
	}
	if (chdir(path) < 0 && !c->exec->working_directory_optional) {
		fail(c, STEP_WORKING_DIRECTORY, errno);
	}
}

_Noreturn static void execute(const struct child *c)
{
	const struct exec_command *command = c->request->command;
	char **argv = command->argv.items;
	int error = 0;

	if (!command->no_expansion &&
		environment_expand_argv(c->arena, argv, c->environment, &argv) < 0) {
		fail(c, STEP_ENVIRONMENT, ENOMEM);
	}
	const char *path = executable_find(command->path, c->environment, &error);
	if (!path) {
		fail(c, STEP_EXEC, error);
	}
	check(c, STEP_SIGNALS, sigprocmask(SIG_SETMASK, &c->host->signal_mask, NULL));
	execve(path, argv, c->environment);
	error = executable_explain(path, errno);
	fail(c, STEP_EXEC, error);
}

void child_run(const struct spawn_host *host, const struct spawn_request *request)
{
	struct conf_arena arena = { 0 };
	struct child c = {
		.host = host,
		.arena = &arena,
		.request = request,
		.exec = &request->config->exec,
		.privileged = request->command->full_privileges,
	};

	check(&c, STEP_SESSION, setsid());
	use_spare_descriptors(&c);
	make_private_mounts(&c);
	resolve_user(&c);
	umask(0);
	create_directories(&c);
	umask(c.exec->umask);
	open_streams(&c);
	set_limits(&c);
	set_priorities(&c);
	build_environment(&c);
	change_user(&c);
	enter_working_directory(&c);
	execute(&c);
}
