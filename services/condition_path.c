/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "services/condition_tests.h"
#include "services/glob.h"

int condition_path_exists(const char *parameter, char *const *environment)
{
	return access(parameter, F_OK) == 0;
}

static bool take_first(void *user, const char *path)
{
	return true;
}

int condition_path_exists_glob(const char *parameter, char *const *environment)
{
	return glob_each(parameter, take_first, NULL);
}

int condition_path_is_directory(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISDIR(status.st_mode);
}

int condition_path_is_symbolic_link(const char *parameter, char *const *environment)
{
	struct stat status;

	return lstat(parameter, &status) == 0 && S_ISLNK(status.st_mode);
}

int condition_path_is_mount_point(const char *parameter, char *const *environment)
{
	struct statx status;

	return statx(AT_FDCWD, parameter, 0, 0, &status) == 0 &&
	       (status.stx_attributes & STATX_ATTR_MOUNT_ROOT);
}

int condition_path_is_read_write(const char *parameter, char *const *environment)
{
	struct statvfs status;

	return statvfs(parameter, &status) == 0 && !(status.f_flag & ST_RDONLY) &&
	       (access(parameter, W_OK) == 0 || errno != EROFS);
}

int condition_directory_not_empty(const char *parameter, char *const *environment)
{
	DIR *directory = opendir(parameter);
	const struct dirent *entry;
	bool any = false;

	if (!directory) {
		return 0;
	}
	while (!any && (entry = readdir(directory))) {
		any = strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	}
	closedir(directory);
	return any;
}

int condition_file_not_empty(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
}

int condition_file_is_executable(const char *parameter, char *const *environment)
{
	struct stat status;

	return stat(parameter, &status) == 0 && S_ISREG(status.st_mode) &&
	       (status.st_mode & (S_IXUSR | S_IXGRP | S_IXOTH));
}
