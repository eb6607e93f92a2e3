/* SPDX-License-Identifier: MIT */
#include "services/directories.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Each level holds a descriptor; a service's own tree is never that deep. */
#define DEPTH_MAX 64

#define OPEN_DIRECTORY (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static const struct {
	const char *root;
	const char *variable;
} kinds[DIRECTORY_KINDS] = {
	[DIRECTORY_RUNTIME] = { "/run", "RUNTIME_DIRECTORY" },
	[DIRECTORY_STATE] = { "/var/lib", "STATE_DIRECTORY" },
	[DIRECTORY_CACHE] = { "/var/cache", "CACHE_DIRECTORY" },
	[DIRECTORY_LOGS] = { "/var/log", "LOGS_DIRECTORY" },
	[DIRECTORY_CONFIGURATION] = { "/etc", "CONFIGURATION_DIRECTORY" },
};

const char *directories_root(enum exec_directory_kind kind)
{
	return kinds[kind].root;
}

const char *directories_variable(enum exec_directory_kind kind)
{
	return kinds[kind].variable;
}

/* One visit of each entry below an open directory, depth first, without following links. Takes
 * the descriptor. Trees of a service are shallow; what is deeper than a path may be is left. */
static int walk(int fd, int depth,
	int (*visit)(int parent, const char *name, bool is_directory, const void *argument),
	const void *argument)
{
	DIR *directory = fdopendir(fd);
	const struct dirent *entry;
	int r = 0;

	if (!directory) {
		r = -errno;
		close(fd);
		return r;
	}
	while (r == 0 && (entry = readdir(directory))) {
		if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
			continue;
		}
		int child =
			depth > 0 ? openat(dirfd(directory), entry->d_name, OPEN_DIRECTORY) : -1;
		bool is_directory = child >= 0;

		if (is_directory) {
			r = walk(child, depth - 1, visit, argument);
		}
		if (r == 0) {
			r = visit(dirfd(directory), entry->d_name, is_directory, argument);
		}
	}
	closedir(directory);
	return r;
}

struct owner {
	uid_t uid;
	gid_t gid;
};

static int hand_over(int parent, const char *name, bool is_directory, const void *argument)
{
	const struct owner *owner = argument;

	(void)is_directory;
	if (fchownat(parent, name, owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) < 0 &&
		errno != ENOENT) {
		return -errno;
	}
	return 0;
}

static int erase(int parent, const char *name, bool is_directory, const void *argument)
{
	(void)argument;
	unlinkat(parent, name, is_directory ? AT_REMOVEDIR : 0);
	return 0;
}

/* Creates the next part of the path below `parent` and opens it. Takes no descriptor. */
static int make_part(int parent, const char *name, mode_t mode)
{
	if (mkdirat(parent, name, mode) < 0 && errno != EEXIST) {
		return -errno;
	}
	int fd = openat(parent, name, OPEN_DIRECTORY);

	return fd < 0 ? -errno : fd;
}

/* Opens `root`/`path`, made part by part; parts between are plain directories of root's. */
static int make_path(const char *root, const char *path, mode_t mode)
{
	char part[NAME_MAX + 1];

	if (mkdir(root, 0755) < 0 && errno != EEXIST) {
		return -errno;
	}
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return -errno;
	}
	while (*path) {
		size_t length = strcspn(path, "/");
		bool last = path[length] == '\0' || path[length + 1] == '\0';

		if (length >= sizeof(part)) {
			close(fd);
			return -ENAMETOOLONG;
		}
		memcpy(part, path, length);
		part[length] = '\0';
		int next = make_part(fd, part, last ? mode : 0755);
		close(fd);
		if (next < 0) {
			return next;
		}
		fd = next;
		path += length + (path[length] == '/');
	}
	return fd;
}

static int create(const char *root, const char *path, mode_t mode, const struct owner *owner)
{
	struct stat st;
	int fd = make_path(root, path, mode);
	int r = 0;

	if (fd < 0) {
		return fd;
	}
	if (fstat(fd, &st) < 0) {
		r = -errno;
	} else if (st.st_uid != owner->uid || st.st_gid != owner->gid) {
		int below = fcntl(fd, F_DUPFD_CLOEXEC, 3);

		r = below < 0 ? -errno : walk(below, DEPTH_MAX, hand_over, owner);
		if (r == 0 && fchown(fd, owner->uid, owner->gid) < 0) {
			r = -errno;
		}
	}
	if (r == 0 && (st.st_mode & 07777) != mode && fchmod(fd, mode) < 0) {
		r = -errno;
	}
	close(fd);
	return r;
}

static bool is_there(const char *root, const char *name)
{
	char path[PATH_MAX];

	return snprintf(path, sizeof(path), "%s/%s", root, name) < (int)sizeof(path) &&
	       access(path, F_OK) == 0;
}

static int create_one(
	enum exec_directory_kind kind, const char *name, mode_t mode, const struct owner *owner)
{
	const char *root = kinds[kind].root;

	/* systemd.exec(5): a configuration is not for its service to write. */
	if (kind == DIRECTORY_CONFIGURATION && is_there(root, name)) {
		return 0;
	}
	return create(root, name, mode, owner);
}

/* How far up from a link its root is: "../" for each folder that it lies in. */
static int target_of(const struct exec_link *link, char *target, size_t size)
{
	size_t length = 0;

	for (const char *at = strchr(link->link, '/'); at && at[1]; at = strchr(at + 1, '/')) {
		if (size - length < sizeof("../")) {
			return -ENAMETOOLONG;
		}
		length += (size_t)snprintf(target + length, size - length, "../");
	}
	size -= length;
	return snprintf(target + length, size, "%s", link->name) < (int)size ? 0 : -ENAMETOOLONG;
}

static bool is_link(int parent, const char *name)
{
	struct stat st;

	return fstatat(parent, name, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
}

static bool points_to(int parent, const char *name, const char *target)
{
	char there[PATH_MAX];
	ssize_t length = readlinkat(parent, name, there, sizeof(there));

	return length >= 0 && (size_t)length == strlen(target) &&
	       memcmp(there, target, (size_t)length) == 0;
}

/* Another link is replaced; what else has its name stays, and nothing is started. Each command
 * comes here: the others of the service never miss it. */
static int put_link(int parent, const char *name, const char *target)
{
	if (points_to(parent, name, target)) {
		return 0;
	}
	if (is_link(parent, name)) {
		unlinkat(parent, name, 0);
	}
	return symlinkat(target, parent, name) < 0 ? -errno : 0;
}

/* Opens the folder that the link lies in, which is made; `name` is its own. */
static int open_folder(const struct exec_link *link, char name[NAME_MAX + 1])
{
	char folder[PATH_MAX];
	size_t length = strlen(link->link);

	length -= link->link[length - 1] == '/';
	const char *slash = memrchr(link->link, '/', length);
	const char *base = slash ? slash + 1 : link->link;
	size_t above = (size_t)(base - link->link);

	if (above >= sizeof(folder) || length - above > NAME_MAX) {
		return -ENAMETOOLONG;
	}
	snprintf(folder, sizeof(folder), "%.*s", (int)above, link->link);
	snprintf(name, NAME_MAX + 1, "%.*s", (int)(length - above), base);
	return make_path(kinds[link->kind].root, folder, 0755);
}

static int create_link(const struct exec_link *link)
{
	char name[NAME_MAX + 1], target[PATH_MAX];
	int r = target_of(link, target, sizeof(target));
	int fd = r < 0 ? r : open_folder(link, name);

	if (fd < 0) {
		return fd;
	}
	r = put_link(fd, name, target);
	close(fd);
	return r;
}

bool directories_are_wanted(const struct exec_context *exec)
{
	for (int kind = 0; kind < DIRECTORY_KINDS; kind++) {
		if (exec->directories[kind].names.count) {
			return true;
		}
	}
	return false;
}

int directories_create(
	const struct exec_context *exec, uid_t uid, gid_t gid, enum exec_directory_kind *ret_kind)
{
	const struct owner owner = { uid, gid };

	for (int kind = 0; kind < DIRECTORY_KINDS; kind++) {
		const struct exec_directory *directory = &exec->directories[kind];

		for (size_t i = 0; i < directory->names.count; i++) {
			int r = create_one((enum exec_directory_kind)kind,
				directory->names.items[i], directory->mode, &owner);

			if (r < 0) {
				*ret_kind = (enum exec_directory_kind)kind;
				return r;
			}
		}
	}
	for (const struct exec_link *link = exec->directory_links; link; link = link->next) {
		int r = create_link(link);

		if (r < 0) {
			*ret_kind = link->kind;
			return r;
		}
	}
	return 0;
}

static void remove_link(const struct exec_link *link)
{
	char name[NAME_MAX + 1];
	int fd = open_folder(link, name);

	if (fd >= 0 && is_link(fd, name)) {
		unlinkat(fd, name, 0);
	}
	if (fd >= 0) {
		close(fd);
	}
}

void directories_remove_runtime(const struct exec_context *exec)
{
	const struct conf_strings *names = &exec->directories[DIRECTORY_RUNTIME].names;
	char path[PATH_MAX];

	/* First, for one may lie in such a directory. */
	for (const struct exec_link *link = exec->directory_links; link; link = link->next) {
		if (link->kind == DIRECTORY_RUNTIME) {
			remove_link(link);
		}
	}
	for (size_t i = 0; i < names->count; i++) {
		int length = snprintf(path, sizeof(path), "%s/%s", kinds[DIRECTORY_RUNTIME].root,
			names->items[i]);
		int fd = length < (int)sizeof(path) ? open(path, OPEN_DIRECTORY) : -1;

		if (fd >= 0) {
			walk(fd, DEPTH_MAX, erase, NULL);
			rmdir(path);
		}
	}
}
