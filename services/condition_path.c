/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "services/condition_tests.h"
#include "services/wildcard.h"

bool condition_path_exists(const char *parameter, char *const *environment)
{
	return access(parameter, F_OK) == 0;
}

static bool exists_below(int parent_fd, const char *name, const char *pattern);

static bool any_matches(DIR *directory, const char *component, const char *rest)
{
	const struct dirent *entry;

	while ((entry = readdir(directory))) {
		/* A star is not meant to find . and .. or what is hidden. */
		if ((entry->d_name[0] != '.' || component[0] == '.') &&
			wildcard_matches(component, entry->d_name) &&
			(!*rest || exists_below(dirfd(directory), entry->d_name, rest))) {
			return true;
		}
	}
	return false;
}

/* Whether something matches `pattern` in the directory `name`. glob(3) would bring along all of the
 * C library that knows users. */
static bool exists_below(int parent_fd, const char *name, const char *pattern)
{
	char component[NAME_MAX + 1];

	pattern += strspn(pattern, "/");
	size_t length = strcspn(pattern, "/");
	int fd = length > NAME_MAX ? -1
				   : openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return false;
	}
	memcpy(component, pattern, length);
	component[length] = '\0';
	pattern += length;
	if (!strpbrk(component, "*?[\\")) {
		bool found = *pattern ? exists_below(fd, component, pattern)
				      : faccessat(fd, length ? component : ".", F_OK, 0) == 0;

		close(fd);
		return found;
	}
	DIR *directory = fdopendir(fd);
	if (!directory) {
		close(fd);
		return false;
	}
	bool found = any_matches(directory, component, pattern);
	closedir(directory);
	return found;
}

bool condition_path_exists_glob(const char *parameter, char *const *environment)
{
	return exists_below(AT_FDCWD, "/", parameter);
}

bool condition_path_is_directory(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISDIR(status.st_mode);
}

bool condition_path_is_symbolic_link(const char *parameter, char *const *environment)
{
	struct stat status;

	return lstat(parameter, &status) == 0 && S_ISLNK(status.st_mode);
}

bool condition_path_is_mount_point(const char *parameter, char *const *environment)
{
	struct statx status;

	return statx(AT_FDCWD, parameter, 0, 0, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

bool condition_path_is_read_write(const char *parameter, char *const *environment)
{
	struct statvfs status;

	return statvfs(parameter, &status) == 0 && !(status.f_flag & ST_RDONLY) &&
	       (access(parameter, W_OK) == 0 || errno != EROFS);
}

bool condition_directory_not_empty(const char *parameter, char *const *environment)
{
	DIR *directory = opendir(parameter);
	const struct dirent *entry;
	bool any = false;

	if (!directory) {
		return false;
	}
	while (!any && (entry = readdir(directory))) {
		any = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	closedir(directory);
	return any;
}

bool condition_file_not_empty(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

bool condition_file_is_executable(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISREG(status.st_mode) &&
	       (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}
