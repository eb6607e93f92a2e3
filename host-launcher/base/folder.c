/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum {
	/* Deeper trees are not ours; an open descriptor a level bounds the recursion anyway. */
	DEPTH_MAX = 64,
};

static bool is_dot(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* A stream over a fresh descriptor, so that the caller's keeps its offset. */
static DIR *open_stream(int parent_fd, const char *name)
{
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	DIR *stream = fd < 0 ? NULL : fdopendir(fd);
	if (!stream && fd >= 0) {
		close(fd);
	}
	return stream;
}

bool folder_is_empty(int fd)
{
	DIR *stream = open_stream(fd, ".");
	if (!stream) {
		return false;
	}
	const struct dirent *entry;
	do {
		entry = readdir(stream);
	} while (entry && is_dot(entry->d_name));
	closedir(stream);
	return !entry;
}

static int remove_below(int parent_fd, const char *name, int depth);

static int remove_entries(DIR *stream, int depth)
{
	for (const struct dirent *entry; (entry = readdir(stream));) {
		if (is_dot(entry->d_name)) {
			continue;
		}
		int rc = remove_below(dirfd(stream), entry->d_name, depth);
		if (rc < 0) {
			return rc;
		}
	}
	return 0;
}

static int remove_below(int parent_fd, const char *name, int depth)
{
	if (unlinkat(parent_fd, name, 0) == 0 || errno == ENOENT) {
		return 0;
	}
	/* Linux says EISDIR, POSIX EPERM. */
	if (errno != EISDIR && errno != EPERM) {
		return -errno;
	}
	if (depth == 0) {
		return -ELOOP;
	}
	DIR *stream = open_stream(parent_fd, name);
	if (!stream) {
		return -errno;
	}
	int rc = remove_entries(stream, depth - 1);
	closedir(stream);
	if (rc == 0 && unlinkat(parent_fd, name, AT_REMOVEDIR) < 0) {
		rc = -errno;
	}
	return rc;
}

int folder_remove(int parent_fd, const char *name)
{
	return remove_below(parent_fd, name, DEPTH_MAX);
}
