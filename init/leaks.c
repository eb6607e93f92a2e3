/* SPDX-License-Identifier: MIT */
#include "init/leaks.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/loop.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "init/unit.h"
#include "services/entries.h"
#include "services/mountinfo.h"

enum {
	MOUNTS_MAX = 4096,
	LOOPS_MAX = 1024,
	TOLD_MAX = 16, /* of each kind */
};

struct leaks {
	bool begun;
	bool too_many; /* mounts, to know what is new */
	size_t count;
	int mounts[MOUNTS_MAX]; /* that were there before, or that cannot be removed */
	bool loops[LOOPS_MAX];  /* likewise */
};

static const char *main_name(const struct manager *m)
{
	return m->supervisor.services[m->supervisor.main].config->name;
}

/* --- mounts ---------------------------------------------------------------------------------- */

static void know_mount(struct leaks *leaks, int id)
{
	if (leaks->count == MOUNTS_MAX) {
		leaks->too_many = true;
		return;
	}
	leaks->mounts[leaks->count++] = id;
}

static bool is_known(const struct leaks *leaks, int id)
{
	for (size_t i = 0; i < leaks->count; i++) {
		if (leaks->mounts[i] == id) {
			return true;
		}
	}
	return leaks->too_many;
}

static void note_mount(const struct mount_line *line, void *data)
{
	know_mount(data, line->id);
}

struct last_mount {
	const struct leaks *leaks;
	struct mount_line line;
	bool found;
};

static void find_last(const struct mount_line *line, void *data)
{
	struct last_mount *last = data;

	if (!is_known(last->leaks, line->id)) {
		last->line = *line;
		last->found = true;
	}
}

static bool unmount(const char *point)
{
	return umount2(point, UMOUNT_NOFOLLOW) == 0 ||
	       umount2(point, UMOUNT_NOFOLLOW | MNT_DETACH) == 0;
}

/* The last first. One that stays counts as known from then on, so that this comes to an end. */
static void end_mounts(struct manager *m)
{
	struct last_mount last = { .leaks = m->leaks };
	bool clean = m->supervisor.set->init.clean_up;

	for (unsigned told = 0; told < MOUNTS_MAX; told++) {
		last.found = false;
		if (mountinfo_for_each(find_last, &last) < 0 || !last.found) {
			return;
		}
		bool gone = clean && unmount(last.line.point);
		int error = errno;

		if (told < TOLD_MAX) {
			log_print(&m->log, "%s left a mount: %s (%s)%s%s", main_name(m),
				last.line.point, last.line.type,
				gone    ? ", unmounted"
				: clean ? ", cannot unmount it: "
					: "",
				clean && !gone ? strerrordesc_np(error) : "");
		}
		know_mount(m->leaks, last.line.id);
	}
}

/* --- loop devices ---------------------------------------------------------------------------- */

/* The file behind /dev/loopN as /sys tells it; false if there is none. */
static bool read_backing_file(long number, char path[static PATH_MAX])
{
	char name[64];

	snprintf(name, sizeof(name), "/sys/block/loop%ld/loop/backing_file", number);
	int fd = open(name, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, path, PATH_MAX - 1);

	if (fd >= 0) {
		close(fd);
	}
	path[length > 0 ? length : 0] = '\0';
	path[strcspn(path, "\n")] = '\0';
	return length > 0;
}

static long loop_number(const char *name)
{
	char *end;
	long number = strncmp(name, "loop", 4) == 0 ? strtol(name + 4, &end, 10) : -1;

	return number >= 0 && number < LOOPS_MAX && end != name + 4 && !*end ? number : -1;
}

static void note_loop(const char *name, bool is_directory, void *data)
{
	struct leaks *leaks = data;
	char path[PATH_MAX];
	long number = loop_number(name);

	(void)is_directory;
	if (number >= 0 && read_backing_file(number, path)) {
		leaks->loops[number] = true;
	}
}

/* Loop devices are the host's: only one whose file is the very one that we see by that name is
 * ours to detach. */
static int detach(long number, const struct stat *file)
{
	struct loop_info64 info;
	char device[32];

	snprintf(device, sizeof(device), "/dev/loop%ld", number);
	int fd = open(device, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return -errno;
	}
	int r = ioctl(fd, LOOP_GET_STATUS64, &info) < 0 ? -errno : 0;
	if (r == 0 && (info.lo_inode != file->st_ino || info.lo_device != file->st_dev)) {
		r = -EXDEV;
	}
	if (r == 0 && ioctl(fd, LOOP_CLR_FD, 0) < 0) {
		r = -errno;
	}
	close(fd);
	return r;
}

static void end_loop(const char *name, bool is_directory, void *data)
{
	struct manager *m = data;
	bool clean = m->supervisor.set->init.clean_up;
	char path[PATH_MAX];
	struct stat file;
	long number = loop_number(name);

	(void)is_directory;
	/* What another container of the host attached has a name that means nothing here. */
	if (number < 0 || m->leaks->loops[number] || !read_backing_file(number, path) ||
		stat(path, &file) < 0) {
		return;
	}
	int r = clean ? detach(number, &file) : 0;
	log_print(&m->log, "%s left a loop device: /dev/loop%ld of %s%s%s", main_name(m), number,
		path,
		!clean  ? ""
		: r < 0 ? ", cannot detach it: "
			: ", detached",
		r < 0 ? strerrordesc_np(-r) : "");
}

static void for_each_block_device(
	void (*visit)(const char *name, bool is_directory, void *data), void *data)
{
	int fd = open("/sys/block", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0) {
		entries_for_each(fd, visit, data);
		close(fd);
	}
}

/* --- processes ------------------------------------------------------------------------------- */

struct process_list {
	struct manager *manager;
	unsigned count;
};

static void tell_process(pid_t pid, uint32_t service, void *data)
{
	struct process_list *list = data;
	struct manager *m = list->manager;
	const struct unit *main = m->units[m->supervisor.main];
	char path[32], name[32];

	if (service != main->id || pid == main->control_pid || list->count++ >= TOLD_MAX) {
		return;
	}
	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, name, sizeof(name) - 1);

	if (fd >= 0) {
		close(fd);
	}
	name[length > 0 ? length : 0] = '\0';
	name[strcspn(name, "\n")] = '\0';
	log_print(&m->log, "%s left a process: %d %s", main_name(m), (int)pid, name);
}

void leaks_tell_processes(struct manager *m)
{
	struct process_list list = { .manager = m };

	if (!m->leaks || !m->leaks->begun) {
		return;
	}
	mark_for_each(m->host.marks, tell_process, &list);
	if (list.count > TOLD_MAX) {
		log_print(
			&m->log, "%s left %u more processes", main_name(m), list.count - TOLD_MAX);
	}
}

/* --- begin and end --------------------------------------------------------------------------- */

int leaks_init(struct manager *m)
{
	m->leaks = m->supervisor.main >= 0 ? calloc(1, sizeof(*m->leaks)) : NULL;
	return m->supervisor.main >= 0 && !m->leaks ? -ENOMEM : 0;
}

void leaks_finish(struct manager *m)
{
	free(m->leaks);
	m->leaks = NULL;
}

void leaks_update(struct manager *m)
{
	if (m->supervisor.main < 0) {
		leaks_finish(m);
	} else if (!m->leaks) {
		leaks_init(m); /* without memory nothing is told of leaks */
	}
}

void leaks_begin(struct manager *m)
{
	if (m->leaks && !m->leaks->begun) {
		m->leaks->begun = mountinfo_for_each(note_mount, m->leaks) == 0;
		for_each_block_device(note_loop, m->leaks);
	}
}

void leaks_end(struct manager *m)
{
	if (m->leaks && m->leaks->begun) {
		end_mounts(m);
		for_each_block_device(end_loop, m);
	}
}
