/* SPDX-License-Identifier: MIT */
#include "tests/integration/scene.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#define ID "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

enum {
	ARGUMENTS_MAX = 32,
	END_MS = 120000,
	AWAIT_MS = 60000,
};

static const char set_up[] =
	"cd \"$1\" && mkdir -p src/config data tmp bin && git init -q -b main src && "
	"echo main >src/config/base_branch && "
	"printf '[image]\\nReference=fake:1\\nConfigDigest=sha256:" ID "\\nDiffID=sha256:" ID
	"\\n' >src/config/build-image.pin && cd src && git add -A && "
	"git -c user.name=x -c user.email=x@example.org commit -qm one && "
	": >../data/build-live && : >../data/git-facts && : >../data/init.ini && "
	": >../data/berth-init && : >../data/image.packages && : >../data/image.customize && "
	"printf '#!/bin/sh\nexec tar -cT /dev/null\n' >../bin/mmdebstrap && chmod 755 "
	"../bin/mmdebstrap";

static pid_t start(const char *const *argv, const char *out, const char *err)
{
	pid_t pid = fork();
	if (pid == 0) {
		int null = open("/dev/null", O_RDONLY);
		int out_fd = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		int err_fd = open(err, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0666);
		dup2(null, STDIN_FILENO);
		dup2(out_fd, STDOUT_FILENO);
		dup2(err_fd, STDERR_FILENO);
		union {
			const char *const *given;
			char *const *wanted;
		} words = { argv };
		execvp(argv[0], words.wanted);
		_exit(127);
	}
	cr_assert_gt(pid, 0);
	return pid;
}

/* Returns false when it still runs. */
static bool await_end(pid_t pid, int timeout_ms, int *ret_code)
{
	int fd = pidfd_open(pid, 0);
	struct pollfd ended = { .fd = fd, .events = POLLIN };
	bool over = poll(&ended, 1, timeout_ms) == 1;
	close(fd);
	int status = 0;
	if (over && waitpid(pid, &status, 0) == pid) {
		*ret_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	}
	return over;
}

static void path_in(const struct scene *scene, const char *file, char path[128])
{
	snprintf(path, 128, "%s/%s", scene->folder, file);
}

/* Whether a file in the folder is there, and has the text in it if that is not NULL. */
static bool is_there(const struct scene *scene, const char *file, const char *text)
{
	char path[128];
	path_in(scene, file, path);
	if (!text) {
		return access(path, F_OK) == 0;
	}
	char *found = scene_read(scene, file);
	bool there = strstr(found, text);
	free(found);
	return there;
}

/* Waits for that; looks again whenever something changes in the folder. */
static bool await(const struct scene *scene, const char *file, const char *text)
{
	char events[4096];
	struct pollfd changes = { .fd = inotify_init1(IN_CLOEXEC), .events = POLLIN };
	bool there;
	cr_assert_geq(
		inotify_add_watch(changes.fd, scene->folder, IN_CREATE | IN_MODIFY | IN_MOVED_TO),
		0);
	while (!(there = is_there(scene, file, text)) && poll(&changes, 1, AWAIT_MS) == 1) {
		cr_assert_gt(read(changes.fd, events, sizeof(events)), 0);
	}
	close(changes.fd);
	return there;
}

void scene_init(struct scene *scene)
{
	*scene = (struct scene) { .folder = "/tmp/berth-scene-XXXXXX", .code = -1 };
	cr_assert_not_null(mkdtemp(scene->folder));
	setenv("HOME", scene->folder, 1);
	const char *argv[] = { "sh", "-c", set_up, "sh", scene->folder, NULL };
	int code = -1;
	await_end(start(argv, "/dev/null", "/dev/stderr"), END_MS, &code);
	cr_assert_eq(code, 0);
}

void scene_engine(struct scene *scene, const char *const *arguments)
{
	char socket_path[128];
	char record[128];
	char log[128];
	const char *argv[ARGUMENTS_MAX] = { BERTH_FAKE_ENGINE, socket_path, record };
	path_in(scene, "socket", socket_path);
	path_in(scene, "record", record);
	path_in(scene, "engine.log", log);
	for (size_t i = 0; arguments[i]; i++) {
		argv[3 + i] = arguments[i];
	}
	scene->engine = start(argv, "/dev/null", log);
	cr_assert(await(scene, "socket", NULL), "the engine does not listen");
}

static void set_environment(const struct scene *scene)
{
	char url[160];
	char data[128];
	char scratch[128];
	char state[128];
	char path[4096];
	const char *usual = getenv("PATH");
	snprintf(path, sizeof(path), "%s/bin:%s", scene->folder, usual ? usual : "/usr/bin:/bin");
	snprintf(url, sizeof(url), "unix://%s/socket", scene->folder);
	path_in(scene, "data", data);
	path_in(scene, "tmp", scratch);
	path_in(scene, "state", state);
	setenv("BERTH_ENGINE", url, 1);
	setenv("BERTH_DATADIR", data, 1);
	setenv("BERTH_LIBDIR", data, 1);
	setenv("BERTH_STATE", state, 1);
	setenv("TMPDIR", scratch, 1);
	setenv("PATH", path, 1);
}

void scene_start_command(struct scene *scene, const char *const *arguments)
{
	const char *launcher = getenv("BERTH_LAUNCHER");
	char source[128];
	char out[128];
	char err[128];
	path_in(scene, "src", source);
	path_in(scene, "out", out);
	path_in(scene, "err", err);
	set_environment(scene);
	const char *argv[ARGUMENTS_MAX] = { launcher ? launcher : BERTH_LAUNCHER, "--directory",
		source };
	for (size_t i = 0; arguments[i]; i++) {
		argv[3 + i] = arguments[i];
	}
	scene->berth = start(argv, out, err);
}

void scene_start(struct scene *scene, const char *const *arguments)
{
	char artifacts[128];
	path_in(scene, "artifacts", artifacts);
	const char *words[ARGUMENTS_MAX] = { "build", "--artifacts", artifacts, "--cache", "none",
		"--ram=no" };
	for (size_t i = 0; arguments[i]; i++) {
		words[6 + i] = arguments[i];
	}
	scene_start_command(scene, words);
}

char *scene_read(const struct scene *scene, const char *file)
{
	char path[128];
	path_in(scene, file, path);
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	FILE *in = fopen(path, "r");
	for (int c; in && (c = getc(in)) != EOF;) {
		putc(c, out);
	}
	if (in) {
		fclose(in);
	}
	fclose(out);
	return text;
}

void scene_end(struct scene *scene)
{
	bool ended = await_end(scene->berth, END_MS, &scene->code);
	scene->output = scene_read(scene, "out");
	scene->errors = scene_read(scene, "err");
	scene->record = scene_read(scene, "record");
	cr_assert(ended, "berth does not end: %s", scene->errors);
	scene->berth = 0;
}

void scene_await(struct scene *scene, const char *file, const char *text)
{
	cr_assert(await(scene, file, text), "%s never had: %s", file, text);
}

void scene_finish(struct scene *scene)
{
	int code;
	const pid_t pids[] = { scene->berth, scene->engine };
	for (size_t i = 0; i < 2; i++) {
		if (pids[i] > 0) {
			kill(pids[i], SIGKILL);
			await_end(pids[i], END_MS, &code);
		}
	}
	const char *argv[] = { "rm", "-rf", scene->folder, NULL };
	await_end(start(argv, "/dev/null", "/dev/stderr"), END_MS, &code);
	free(scene->output);
	free(scene->errors);
	free(scene->record);
}
