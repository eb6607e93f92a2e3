/* SPDX-License-Identifier: MIT */
#include "services/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "services/entries.h"

enum {
	TREES_MAX = 1024,
	DEPTH_MAX = 16, /* of cgroups that a service made below its own */
	NAME_SIZE = 32,
	PATH_SIZE = 1024,
};

/* --- files of a cgroup ----------------------------------------------------------------------- */

static int write_file(int fd, const char *name, const char *text)
{
	int file = openat(fd, name, O_WRONLY | O_CLOEXEC);
	int r;

	if (file < 0) {
		return -errno;
	}
	r = write(file, text, strlen(text)) < 0 ? -errno : 0;
	close(file);
	return r;
}

int cgroup_move(int fd, int pid)
{
	char text[16];

	snprintf(text, sizeof(text), "%d", pid);
	return write_file(fd, "cgroup.procs", text);
}

int cgroup_kill(int fd)
{
	return write_file(fd, "cgroup.kill", "1");
}

int cgroup_open_events(int fd)
{
	int events = openat(fd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	return events < 0 ? -errno : events;
}

bool cgroup_read_empty(int events_fd)
{
	char text[128];
	ssize_t length = pread(events_fd, text, sizeof(text) - 1, 0);

	text[length > 0 ? length : 0] = '\0';
	/* A cgroup that somebody removed cannot be read, and had to be empty for that. */
	return !strstr(text, "populated 1");
}

bool cgroup_is_empty(int fd)
{
	int events = cgroup_open_events(fd);
	bool empty;

	if (events < 0) {
		return true;
	}
	empty = cgroup_read_empty(events);
	close(events);
	return empty;
}

size_t cgroup_for_each(int fd, size_t max, void (*visit)(int pid, void *data), void *data)
{
	char text[4096];
	size_t count = 0;
	long pid = 0;
	ssize_t length;
	int file = openat(fd, "cgroup.procs", O_RDONLY | O_CLOEXEC);

	while (file >= 0 && count < max && (length = read(file, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < length && count < max; i++) {
			if (text[i] >= '0' && text[i] <= '9') {
				pid = pid * 10 + (text[i] - '0');
				continue;
			}
			/* 0 is a process of a PID namespace that is not ours. */
			if (pid > 0) {
				visit((int)pid, data);
				count++;
			}
			pid = 0;
		}
	}
	if (file >= 0) {
		close(file);
	}
	return count;
}

/* --- removal --------------------------------------------------------------------------------- */

static bool remove_at(int parent, const char *name, unsigned depth);

struct removal {
	int fd;
	unsigned depth;
};

static void remove_entry(const char *name, bool is_directory, void *data)
{
	const struct removal *removal = data;

	if (is_directory) {
		remove_at(removal->fd, name, removal->depth + 1);
	}
}

static void remove_below(int fd, unsigned depth)
{
	struct removal removal = { .fd = fd, .depth = depth };

	entries_for_each(fd, remove_entry, &removal);
}

static bool remove_at(int parent, const char *name, unsigned depth)
{
	int fd;

	if (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
		return true;
	}
	fd = depth < DEPTH_MAX ? openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (fd < 0) {
		return false;
	}
	remove_below(fd, depth);
	close(fd);
	return unlinkat(parent, name, AT_REMOVEDIR) == 0;
}

/* --- where our own cgroup is ----------------------------------------------------------------- */

/* The path of our cgroup from the root of our cgroup namespace: cgroups(7), /proc/PID/cgroup. */
static int find_own_path(char path[static PATH_SIZE])
{
	char text[4096];
	int fd = open("/proc/self/cgroup", O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int error = errno;

	if (fd >= 0) {
		close(fd);
	}
	if (length < 0) {
		return -error;
	}
	text[length] = '\0';
	for (char *line = text; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, "0::/", 4) == 0) {
			line += 4;
			size_t size = strcspn(line, "\n");

			if (strncmp(line, "..", 2) == 0 || size >= PATH_SIZE - 2) {
				return -EXDEV;
			}
			memcpy(path, line, size);
			strcpy(path + size, size ? "" : "."); /* NOLINT: both fit */
			return 0;
		}
	}
	return -ENOENT;
}

static bool is_cgroup2(int fd)
{
	struct statfs info;

	return fstatfs(fd, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

/* Where it is mounted: alone, or beside the hierarchies of version 1. */
static int open_visible(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		int fd = open(places[i], O_RDONLY | O_DIRECTORY | O_CLOEXEC);

		if (fd >= 0 && is_cgroup2(fd)) {
			return fd;
		}
		if (fd >= 0) {
			close(fd);
		}
	}
	return -ENOENT;
}

/* A mount that hangs nowhere: it is seen by nobody, and gone with its descriptor. */
static int open_hidden(void)
{
	int context = (int)syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC);
	int fd = -1;

	if (context >= 0 &&
		syscall(SYS_fsconfig, context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0) {
		fd = (int)syscall(SYS_fsmount, context, FSMOUNT_CLOEXEC, 0);
	}
	int error = errno;
	if (context >= 0) {
		close(context);
	}
	return fd < 0 ? -error : fd;
}

/* --- the tree -------------------------------------------------------------------------------- */

static const char *tree_name(unsigned number, char name[static NAME_SIZE])
{
	snprintf(name, NAME_SIZE, number ? "berth-init-%u" : "berth-init", number);
	return name;
}

/* Whoever lives holds a lock on its tree. */
static int take(struct cgroup_tree *tree, unsigned number)
{
	char name[NAME_SIZE];
	bool old = mkdirat(tree->own_fd, tree_name(number, name), 0755) < 0;

	if (old && errno != EEXIST) {
		return -errno;
	}
	int fd = openat(tree->own_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? -EAGAIN : -errno;
	}
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int error = errno == EWOULDBLOCK ? EAGAIN : errno;

		close(fd);
		return -error;
	}
	if (old) {
		remove_below(fd, 0);
	}
	tree->fd = fd;
	tree->number = number;
	return 0;
}

static int take_any(struct cgroup_tree *tree)
{
	int r = -EAGAIN;

	for (unsigned number = 0; r == -EAGAIN && number < TREES_MAX; number++) {
		r = take(tree, number);
	}
	return r;
}

static int try_root(struct cgroup_tree *tree, int root, const char *path)
{
	if (root < 0) {
		return root;
	}
	tree->own_fd = openat(root, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = tree->own_fd < 0 ? -errno : take_any(tree);

	close(root);
	if (r < 0 && tree->own_fd >= 0) {
		close(tree->own_fd);
		tree->own_fd = -1;
	}
	return r;
}

int cgroup_tree_open(struct cgroup_tree *tree)
{
	char path[PATH_SIZE];

	*tree = (struct cgroup_tree) { .own_fd = -1, .fd = -1 };
	int r = find_own_path(path);
	if (r < 0) {
		tree->obstacle = "no cgroup2 in /proc/self/cgroup";
		return r;
	}
	int visible = try_root(tree, open_visible(), path);
	r = visible == 0 ? 0 : try_root(tree, open_hidden(), path);
	if (r < 0) {
		tree->obstacle = visible == -ENOENT ? "cannot mount cgroup2"
						    : "cannot make a cgroup in /sys/fs/cgroup";
		return visible == -ENOENT ? r : visible;
	}
	if (faccessat(tree->fd, "cgroup.kill", F_OK, 0) < 0) {
		cgroup_tree_close(tree);
		tree->obstacle = "no cgroup.kill, which Linux 5.14 brought";
		return -EOPNOTSUPP;
	}
	return 0;
}

void cgroup_tree_close(struct cgroup_tree *tree)
{
	char name[NAME_SIZE];

	if (tree->fd >= 0) {
		cgroup_kill(tree->fd);
		remove_at(tree->own_fd, tree_name(tree->number, name), 0);
		close(tree->fd);
		close(tree->own_fd);
	}
	tree->fd = tree->own_fd = -1;
}

/* --- boxes ----------------------------------------------------------------------------------- */

/* Like systemd's, and never one of the kernel's own names. */
static int box_name(const char *name, char text[static NAME_MAX + 1])
{
	int length = snprintf(text, NAME_MAX + 1, "%s.service", name);

	return length > NAME_MAX || strchr(name, '/') || strchr(name, '\n') ? -EINVAL : 0;
}

int cgroup_create(const struct cgroup_tree *tree, const char *name)
{
	char text[NAME_MAX + 1];
	int r = box_name(name, text);

	if (r < 0) {
		return r;
	}
	if (mkdirat(tree->fd, text, 0755) < 0 && errno != EEXIST) {
		return -errno;
	}
	int fd = openat(tree->fd, text, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

bool cgroup_remove(const struct cgroup_tree *tree, const char *name, int fd)
{
	char text[NAME_MAX + 1];

	if (box_name(name, text) < 0 || !remove_at(tree->fd, text, 0)) {
		return false;
	}
	close(fd);
	return true;
}
