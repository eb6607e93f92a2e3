/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/scratch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"
#include "host-launcher/base/message.h"
#include "host-launcher/state/owner.h"

#define USUAL_PARENT "/var/tmp"
#define OWNER_FILE   "owner"

static const char pattern[] = "berth-XXXXXX";

static const char *given_parent(void)
{
	const char *given = getenv("TMPDIR");
	return given && *given ? given : NULL;
}

/* The engine's user may have to pass; the name alone is no secret. */
static int claim(const char *path)
{
	autofree char *self = owner_self();
	autofree char *file = alloc_printf("%s/" OWNER_FILE, path);
	return chmod(path, 0711) < 0 ? -errno : file_create_at(AT_FDCWD, file, self, strlen(self));
}

int scratch_create(char **ret_path, struct failure *failure)
{
	const char *parent = given_parent() ? given_parent() : USUAL_PARENT;
	autofree char *top = realpath(parent, NULL);
	char *path = alloc_printf("%s/%s", top ? top : parent, pattern);
	int rc = mkdtemp(path) ? 0 : -errno;
	if (rc == 0) {
		rc = claim(path);
		if (rc < 0) {
			(void)folder_remove(AT_FDCWD, path);
		}
	}
	if (rc < 0) {
		failure_fill(failure, EXIT_WRITE,
			"cannot create a folder in %s: %s; TMPDIR can name another one", parent,
			strerror(-rc));
		free(path);
		return -1;
	}
	*ret_path = path;
	return 0;
}

void scratch_hand_over(const char *path)
{
	autofree char *file = alloc_printf("%s/" OWNER_FILE, path);
	(void)unlink(file);
}

int scratch_remove(char *path)
{
	int rc = path ? folder_remove(AT_FDCWD, path) : 0;
	if (rc < 0) {
		message_warn("%s could not be removed: %s", path, strerror(-rc));
	}
	free(path);
	return rc;
}

static bool has_our_name(const char *name)
{
	size_t fixed = strcspn(pattern, "X");
	return strncmp(name, pattern, fixed) == 0 && strlen(name) == strlen(pattern);
}

/* Anybody may put things into the parent, links among them: only what is a folder of our own is
 * looked into. */
static bool is_abandoned(int parent_fd, const char *name, bool all)
{
	autoclose int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) < 0 || status.st_uid != geteuid()) {
		return false;
	}
	autofree char *file = alloc_printf("/proc/self/fd/%d/" OWNER_FILE, fd);
	autofree char *owner = NULL;
	/* An empty one is just being written. */
	if (file_read_text(file, &owner) < 0 || !*owner) {
		return false;
	}
	enum owner_verdict verdict = owner_judge(owner);
	return verdict == OWNER_GONE || (all && verdict == OWNER_ELSEWHERE);
}

static void find_in(const char *parent, bool all, struct string_list *paths)
{
	autofree char *top = realpath(parent, NULL);
	DIR *stream = top ? opendir(top) : NULL;
	for (const struct dirent *entry; stream && (entry = readdir(stream));) {
		if (has_our_name(entry->d_name) &&
			is_abandoned(dirfd(stream), entry->d_name, all)) {
			string_list_take(paths, alloc_printf("%s/%s", top, entry->d_name));
		}
	}
	if (stream) {
		closedir(stream);
	}
}

void scratch_find_abandoned(bool all, struct string_list *paths)
{
	const char *given = given_parent();
	autofree char *top = given ? realpath(given, NULL) : NULL;
	find_in(USUAL_PARENT, all, paths);
	if (top && strcmp(top, USUAL_PARENT) != 0) {
		find_in(top, all, paths);
	}
}
