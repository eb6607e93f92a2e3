/* SPDX-License-Identifier: MIT */
#include "services/executable.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEFAULT_PATH "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

/* 0 if it can be run, else an errno. */
static int probe(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		return errno;
	}
	if (S_ISDIR(st.st_mode)) {
		return EISDIR;
	}
	return access(path, X_OK) < 0 ? errno : 0;
}

const char *executable_find(const char *name, const char *list, int *ret_error)
{
	static char path[PATH_MAX];
	int error = ENOENT;

	if (strchr(name, '/')) {
		return name;
	}
	list = list && *list ? list : DEFAULT_PATH;
	for (; *list; list += list[0] == ':') {
		size_t length = strcspn(list, ":");
		int n = snprintf(path, sizeof(path), "%.*s/%s", (int)length, list, name);

		list += length;
		if (!length || n >= (int)sizeof(path)) {
			continue;
		}
		int found = probe(path);
		if (found == 0) {
			return path;
		}
		error = found == ENOENT || found == ENOTDIR ? error : found;
	}
	*ret_error = error;
	return NULL;
}

int executable_explain(const char *path, int error)
{
	struct stat st;

	if (error == EACCES && stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		return EISDIR;
	}
	return error == ENOENT && access(path, F_OK) == 0 ? ENOEXEC : error;
}
