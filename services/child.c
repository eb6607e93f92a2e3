/* SPDX-License-Identifier: MIT */
/*
 * A list of steps, each small and each with a name, so that a failure says which setting of the
 * service it was. The order is that of systemd's exec_child(): what needs root comes before the
 * user changes, the signal mask last.
 */
#include "services/child.h"

#include <errno.h>
#include <linux/close_range.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/ready.h"
#include "services/cgroup.h"
#include "services/credentials.h"
#include "services/directories.h"
#include "services/environment.h"
#include "services/executable.h"
#include "services/priorities.h"
#include "services/privileges.h"
#include "services/streams.h"

struct child {
	const struct spawn_host *host;
	const struct spawn_request *request;
	const struct exec_context *exec;
	int report_fd;
	bool privileged; /* the + prefix: the user and what comes with it is left out */
	bool keeps_user; /* so it is, or by the ! prefix */
	struct credentials credentials;
	char **environment;
	struct conf_arena *arena;
};

/* `item`: which one of a setting that is a list. */
_Noreturn static void fail_at(const struct child *c, enum spawn_step step, int error, size_t item)
{
	const struct spawn_report report = {
		.service = c->request->service,
		.role = (uint16_t)c->request->role,
		.step = (uint16_t)step,
		.item = (uint32_t)item,
		.error = error,
	};
	ssize_t n;

	/* Less than PIPE_BUF, so it is written whole or not at all. */
	do {
		n = write(c->report_fd, &report, sizeof(report));
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

static bool has_user(const struct exec_context *exec)
{
	return exec->user || exec->group || exec->supplementary_groups.count;
}

/* Before any other: only what is low is copied, and that does not grow with the services. */
static void leave_descriptors(const struct child *c)
{
	if (c->request->shared_from) {
		check(c, STEP_DESCRIPTORS,
			close_range(c->request->shared_from, ~0U, CLOSE_RANGE_UNSHARE));
	}
}

/* The foreground job stays in the session whose terminal it has. */
static void leave_group(const struct child *c)
{
	if (!c->request->foreground) {
		check(c, STEP_SESSION, setsid());
		return;
	}
	int r = terminal_lead();
	if (r < 0) {
		fail(c, STEP_STDIN, -r);
	}
}

static void make_private_mounts(const struct child *c)
{
	if (!c->exec->private_mounts || c->privileged) {
		return;
	}
	check(c, STEP_MOUNTS, unshare(CLONE_NEWNS));
	check(c, STEP_MOUNTS, mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
}

/* For a privileged command as well: the directories are those of the service. */
static void resolve_user(struct child *c)
{
	const char *directory = c->exec->working_directory;

	if (!has_user(c->exec)) {
		if (directory && strcmp(directory, "~") == 0) {
			credentials_of_self(&c->credentials);
		}
		return;
	}
	int r = credentials_resolve(c->exec, &c->credentials);
	if (r < 0) {
		fail(c, r == -ENOENT ? STEP_USER : STEP_GROUP, r == -E2BIG ? E2BIG : EINVAL);
	}
}

/* As our own user, unless there is another. */
static void create_directories(const struct child *c)
{
	static const enum spawn_step steps[DIRECTORY_KINDS] = {
		[DIRECTORY_RUNTIME] = STEP_RUNTIME_DIRECTORY,
		[DIRECTORY_STATE] = STEP_STATE_DIRECTORY,
		[DIRECTORY_CACHE] = STEP_CACHE_DIRECTORY,
		[DIRECTORY_LOGS] = STEP_LOGS_DIRECTORY,
		[DIRECTORY_CONFIGURATION] = STEP_CONFIGURATION_DIRECTORY,
	};
	enum exec_directory_kind kind = DIRECTORY_RUNTIME;

	if (!directories_are_wanted(c->exec)) {
		return;
	}
	uid_t uid = has_user(c->exec) ? c->credentials.uid : getuid();
	gid_t gid = has_user(c->exec) ? c->credentials.gid : getgid();
	umask(0);
	int r = directories_create(c->exec, uid, gid, &kind);
	umask(c->host->umask);
	if (r < 0) {
		fail(c, steps[kind], -r);
	}
}

static void set_umask(const struct child *c)
{
	if (c->exec->umask != c->host->umask) {
		umask(c->exec->umask);
	}
}

/* PID 1 leaves a few descriptors unused, so that a child can open what it needs even where all
 * others are taken. set_priorities() gives the service what it should have. Who left ours behind
 * has numbers to spare. */
static void use_spare_descriptors(const struct child *c)
{
	const struct rlimit all = { c->host->nofile.rlim_max, c->host->nofile.rlim_max };

	if (c->host->nofile_raised && !c->request->shared_from) {
		check(c, STEP_LIMITS, setrlimit(RLIMIT_NOFILE, &all));
	}
}

/* For what returns -errno and tells where. */
static void check_at(const struct child *c, int r, const struct step_place *at)
{
	if (r < 0) {
		fail_at(c, at->step, -r, at->item);
	}
}

static void open_streams(const struct child *c)
{
	struct step_place at = { 0 };

	check_at(c, streams_open(c->host, c->request, &at), &at);
}

static void set_priorities(const struct child *c)
{
	struct step_place at = { STEP_LIMITS, RLIMIT_NOFILE };

	if (c->host->nofile_raised && !c->exec->limits[RLIMIT_NOFILE]) {
		check(c, STEP_LIMITS, setrlimit(RLIMIT_NOFILE, &c->host->nofile));
	}
	check_at(c, priorities_apply(c->exec, &at), &at);
}

static void build_environment(struct child *c)
{
	const struct environment_source source = {
		.inherited = c->host->environment,
		.credentials = c->exec->user ? &c->credentials : NULL,
		.notify_socket = c->request->notify_socket,
		.watchdog_ms = c->request->watchdog_ms,
		.pid_file = c->request->config->pid_file,
		.variables = c->request->variables,
		.main_pid = c->request->main_pid,
	};
	size_t file = 0;
	int r = environment_build(c->arena, c->exec, &source, &c->environment, &file);

	if (r < 0) {
		bool of_file = file < c->exec->environment_files.count;

		fail_at(c, of_file ? STEP_ENVIRONMENT_FILE : STEP_ENVIRONMENT, -r, file);
	}
}

/* The user and group are still to be had by name and the files of the environment to be read, the
 * program and its working directory are looked for inside. */
static void enter_root_directory(const struct child *c)
{
	if (c->exec->root_directory && !c->privileged) {
		check(c, STEP_ROOT_DIRECTORY, chroot(c->exec->root_directory));
		check(c, STEP_ROOT_DIRECTORY, chdir("/"));
	}
}

static void drop_privileges(const struct child *c)
{
	struct step_place at = { 0 };

	if (!c->privileged) {
		bool changes = has_user(c->exec) && !c->keeps_user;

		check_at(c, privileges_drop(c->exec, changes ? &c->credentials : NULL, &at), &at);
	}
}

static void enter_working_directory(const struct child *c)
{
	const char *path = c->exec->working_directory ? c->exec->working_directory : "/";

	if (!c->exec->working_directory && c->host->at_root) {
		return;
	}
	if (strcmp(path, "~") == 0) {
		path = c->credentials.home[0] ? c->credentials.home : "/";
	}
	if (chdir(path) < 0 && !c->exec->working_directory_optional) {
		fail(c, STEP_WORKING_DIRECTORY, errno);
	}
}

static void set_dispositions(const struct child *c)
{
	if (c->host->ignores_children) {
		signal(SIGCHLD, SIG_IGN);
	}
	switch (c->exec->ignore_sigpipe) {
	case SIGPIPE_AS_RECEIVED:
		break;
	case SIGPIPE_IGNORED:
		signal(SIGPIPE, SIG_IGN);
		break;
	case SIGPIPE_DEFAULT:
		signal(SIGPIPE, SIG_DFL);
		break;
	}
}

/* What is in the way gets another number. The old one is taken over. */
static int make_way(const struct child *c, int fd, int target)
{
	if (fd == target) {
		fd = fcntl(fd, F_DUPFD_CLOEXEC, target + 1);
		check(c, STEP_READY_FD, fd);
	}
	return fd;
}

/* The one descriptor beside 0, 1 and 2 that a service can be given: ReadyWhen=fd:N. */
static void open_ready_descriptor(struct child *c)
{
	int fd = c->request->ready_fd;

	if (fd < 0) {
		return;
	}
	int target = c->request->config->ready_when->fd;
	c->report_fd = make_way(c, c->report_fd, target);
	make_way(c, c->request->exec_fd, target);
	check(c, STEP_READY_FD, fd == target ? fcntl(fd, F_SETFD, 0) : dup2(fd, target));
}

/* What Environment= says of PATH is for the program itself, then. */
static const char *search_path(const struct child *c)
{
	char *list = environment_search_path(c->arena, c->exec);

	return list ? list : environment_get(c->environment, "PATH");
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
	const char *path = executable_find(command->path, search_path(c), &error);
	if (!path) {
		fail(c, STEP_EXEC, error);
	}
	set_dispositions(c);
	check(c, STEP_SIGNALS, sigprocmask(SIG_SETMASK, &c->host->signal_mask, NULL));
	execve(path, argv, c->environment);
	error = executable_explain(path, errno);
	fail(c, STEP_EXEC, error);
}

void child_move(const struct spawn_host *host, const struct spawn_request *request)
{
	const struct child c = { .host = host, .request = request };
	int r = cgroup_move(request->cgroup_fd, 0);

	if (r < 0) {
		fail(&c, STEP_CGROUP, -r);
	}
}

/* The + prefix, or PermissionsStartOnly= for what is none of ExecStart=. */
static bool is_privileged(const struct spawn_request *request)
{
	const struct exec_command *start = request->config->exec_start;

	while (start && start != request->command) {
		start = start->next;
	}
	return request->command->full_privileges ||
	       (request->config->permissions_start_only && !start);
}

void child_run(const struct spawn_host *host, const struct spawn_request *request,
	struct conf_arena *arena)
{
	struct child c = {
		.host = host,
		.arena = arena,
		.request = request,
		.exec = &request->config->exec,
		.report_fd = host->report_fd,
		.privileged = is_privileged(request),
		.keeps_user = is_privileged(request) || request->command->keep_user,
	};

	leave_descriptors(&c);
	leave_group(&c);
	mark_self(host->marks, request->service);
	use_spare_descriptors(&c);
	make_private_mounts(&c);
	resolve_user(&c);
	create_directories(&c);
	set_umask(&c);
	open_streams(&c);
	open_ready_descriptor(&c);
	set_priorities(&c);
	build_environment(&c);
	enter_root_directory(&c);
	drop_privileges(&c);
	enter_working_directory(&c);
	execute(&c);
}
