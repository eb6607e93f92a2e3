/* SPDX-License-Identifier: MIT */
#include "services/inspect.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/openat2.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

struct inspection {
	int root_fd;
	const struct service_config *service;
	const struct conf_origins *origins;
	struct conf_problems *problems;
};

/* Opens a path of the tree: links do not lead out of it. Without openat2(2) they may. */
static int open_inside(const struct inspection *in, const char *path, int flags)
{
	const struct open_how how = { .flags = (uint64_t)(flags | O_CLOEXEC),
		.resolve = RESOLVE_IN_ROOT };
	char buffer[PATH_MAX];
	const char *below = in->service ? in->service->exec.root_directory : NULL;

	if (snprintf(buffer, sizeof(buffer), "%s%s", below ? below : "", path) >=
		(int)sizeof(buffer)) {
		return -ENAMETOOLONG;
	}
	long fd = syscall(SYS_openat2, in->root_fd, buffer, &how, sizeof(how));
	if (fd < 0 && (errno == ENOSYS || errno == EPERM)) {
		const char *relative = buffer + strspn(buffer, "/");

		fd = openat(in->root_fd, *relative ? relative : ".", flags | O_CLOEXEC);
	}
	return fd < 0 ? -errno : (int)fd;
}

static int status_of(const struct inspection *in, const char *path, struct stat *ret_status)
{
	int fd = open_inside(in, path, O_PATH);
	int r = fd < 0 ? fd : fstat(fd, ret_status) < 0 ? -errno : 0;

	if (fd >= 0) {
		close(fd);
	}
	return r;
}

static void warn(const struct inspection *in, const char *key, const char *value, const char *what)
{
	const struct directive *directive = directive_find("Service", key);
	size_t first = 0;
	struct conf_place place = in->service->place;

	if (conf_origins_find(in->origins, in->service, directive, &first)) {
		place = conf_origins_at(in->origins, first)->place;
	}
	conf_problems_add(in->problems, CONF_WARNING, &place, "%s=%s: %s", key, value, what);
}

/* --- programs -------------------------------------------------------------------------------- */

/* 0, or why it cannot be run. */
static int probe(const struct inspection *in, const char *path)
{
	struct stat status;
	int r = status_of(in, path, &status);

	if (r == 0 && S_ISDIR(status.st_mode)) {
		r = -EISDIR;
	} else if (r == 0 && !(status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH))) {
		r = -EACCES;
	}
	return r;
}

static int probe_name(const struct inspection *in, const char *name)
{
	const struct exec_extras *extras = in->service->exec.extras;
	char path[PATH_MAX];
	int r = -ENOENT;

	if (extras && extras->search_path.count) {
		for (size_t i = 0; i < extras->search_path.count && r < 0; i++) {
			snprintf(path, sizeof(path), "%s/%s", extras->search_path.items[i], name);
			r = probe(in, path);
		}
		return r;
	}
	for (const char *list = DEFAULT_PATH; *list && r < 0; list += *list == ':') {
		size_t length = strcspn(list, ":");

		snprintf(path, sizeof(path), "%.*s/%s", (int)length, list, name);
		list += length;
		r = probe(in, path);
	}
	return r;
}

static void inspect_commands(
	const struct inspection *in, const char *key, const struct exec_command *command)
{
	for (; command; command = command->next) {
		const char *path = command->path;
		int r = strchr(path, '/') ? probe(in, path) : probe_name(in, path);

		if (r == -EACCES) {
			warn(in, key, path, "is not executable");
		} else if (r < 0) {
			warn(in, key, path, strerrordesc_np(-r));
		}
	}
}

/* --- users ----------------------------------------------------------------------------------- */

static FILE *open_list(const struct inspection *in, const char *path)
{
	const struct inspection outside = { .root_fd = in->root_fd };
	int fd = open_inside(&outside, path, O_RDONLY);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (fd >= 0 && !file) {
		close(fd);
	}
	return file;
}

static bool is_number(const char *name)
{
	return name[strspn(name, "0123456789")] == '\0';
}

static bool has_user(const struct inspection *in, const char *name)
{
	FILE *file = open_list(in, "/etc/passwd");
	const struct passwd *entry;
	bool found = false;

	while (file && !found && (entry = fgetpwent(file))) {
		found = strcmp(entry->pw_name, name) == 0;
	}
	if (file) {
		fclose(file);
	}
	return found || is_number(name);
}

static bool has_group(const struct inspection *in, const char *name)
{
	FILE *file = open_list(in, "/etc/group");
	const struct group *entry;
	bool found = false;

	while (file && !found && (entry = fgetgrent(file))) {
		found = strcmp(entry->gr_name, name) == 0;
	}
	if (file) {
		fclose(file);
	}
	return found || is_number(name);
}

static void inspect_users(const struct inspection *in)
{
	const struct exec_context *exec = &in->service->exec;

	if (exec->user && !exec->dynamic_id && !has_user(in, exec->user)) {
		warn(in, "User", exec->user, "no such user");
	}
	if (exec->group && !exec->dynamic_id && !has_group(in, exec->group)) {
		warn(in, "Group", exec->group, "no such group");
	}
	for (size_t i = 0; i < exec->supplementary_groups.count; i++) {
		if (!has_group(in, exec->supplementary_groups.items[i])) {
			warn(in, "SupplementaryGroups", exec->supplementary_groups.items[i],
				"no such group");
		}
	}
}

/* --- files ----------------------------------------------------------------------------------- */

static void inspect_files(const struct inspection *in)
{
	const struct exec_context *exec = &in->service->exec;
	const char *folder = exec->working_directory;
	struct stat status;

	if (folder && *folder == '/' && !exec->working_directory_optional) {
		int r = status_of(in, folder, &status);

		if (r < 0 || !S_ISDIR(status.st_mode)) {
			warn(in, "WorkingDirectory", folder,
				r < 0 ? strerrordesc_np(-r) : "is no directory");
		}
	}
	for (size_t i = 0; i < exec->environment_files.count; i++) {
		const char *path = exec->environment_files.items[i];
		int r = *path == '/' && !strpbrk(path, "*?[") ? status_of(in, path, &status) : 0;

		if (r < 0) {
			warn(in, "EnvironmentFile", path, strerrordesc_np(-r));
		}
	}
}

int inspect_image(const struct conf_set *set, const struct conf_origins *origins, const char *root,
	struct conf_problems *problems)
{
	struct inspection in = { .origins = origins, .problems = problems };

	in.root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (in.root_fd < 0) {
		return -errno;
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct service_config *s = set->services[i];

		in.service = s;
		inspect_commands(&in, "ExecCondition", s->exec_condition);
		inspect_commands(&in, "ExecStartPre", s->exec_start_pre);
		inspect_commands(&in, "ExecStart", s->exec_start);
		inspect_commands(&in, "ExecStartPost", s->exec_start_post);
		inspect_commands(&in, "ExecReload", s->exec_reload);
		inspect_commands(&in, "ExecStop", s->exec_stop);
		inspect_commands(&in, "ExecStopPost", s->exec_stop_post);
		inspect_users(&in);
		inspect_files(&in);
	}
	close(in.root_fd);
	return 0;
}
