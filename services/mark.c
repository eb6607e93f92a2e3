/* SPDX-License-Identifier: MIT */
#include "services/mark.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "services/entries.h"

enum {
	SERVICE_BITS = 24,
};

struct marks marks_pick(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	uint64_t number = ((uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec) >> 4;
	struct rlimit limit = { .rlim_max = RLIM_INFINITY };
	getrlimit(RLIMIT_LOCKS, &limit);
	/* Never 0, and far from RLIM_INFINITY. */
	return (struct marks) {
		.base = ((number & 0x3fffffff) | 0x40000000) << SERVICE_BITS,
		.hard = limit.rlim_max,
	};
}

void mark_self(struct marks marks, uint32_t service)
{
	const struct rlimit limit = { marks.base | service, marks.hard };

	setrlimit(RLIMIT_LOCKS, &limit);
}

bool mark_parse(struct marks marks, const char *limits, uint32_t *ret_service)
{
	static const char name[] = "Max file locks";
	const char *line = strstr(limits, name);
	char *end;

	if (!line) {
		return false;
	}
	line += sizeof(name) - 1;
	line += strspn(line, " ");
	if (*line < '0' || *line > '9') {
		return false; /* unlimited */
	}
	uint64_t mark = strtoull(line, &end, 10);
	if (*end != ' ' || mark >> SERVICE_BITS != marks.base >> SERVICE_BITS) {
		return false;
	}
	*ret_service = (uint32_t)(mark & ((1U << SERVICE_BITS) - 1));
	return true;
}

static ssize_t read_text(int directory, const char *path, char *text, size_t size)
{
	int fd = openat(directory, path, O_RDONLY | O_CLOEXEC);
	ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);

	if (fd >= 0) {
		close(fd);
	}
	text[length > 0 ? length : 0] = '\0';
	return length;
}

static bool read_mark(struct marks marks, int directory, const char *path, uint32_t *ret_service)
{
	char text[2048];

	return read_text(directory, path, text, sizeof(text)) > 0 &&
	       mark_parse(marks, text, ret_service);
}

bool mark_is_on(struct marks marks, pid_t pid, uint32_t service)
{
	char path[32];
	uint32_t found;

	snprintf(path, sizeof(path), "/proc/%d/limits", (int)pid);
	return read_mark(marks, AT_FDCWD, path, &found) && found == service;
}

struct walk {
	int proc;
	struct marks marks;
	void (*visit)(pid_t pid, uint32_t service, void *data);
	void *data;
};

static void look_at(const char *name, bool is_directory, void *data)
{
	const struct walk *walk = data;
	char path[32];
	uint32_t service;
	long pid = strtol(name, NULL, 10);

	(void)is_directory;
	if (pid <= 1) {
		return;
	}
	snprintf(path, sizeof(path), "%ld/limits", pid);
	if (read_mark(walk->marks, walk->proc, path, &service)) {
		walk->visit((pid_t)pid, service, walk->data);
	}
}

bool mark_for_each(
	struct marks marks, void (*visit)(pid_t pid, uint32_t service, void *data), void *data)
{
	struct walk walk = { .marks = marks, .visit = visit, .data = data };

	walk.proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (walk.proc < 0) {
		return false;
	}
	entries_for_each(walk.proc, look_at, &walk);
	close(walk.proc);
	return true;
}

int mark_count_children(void)
{
	char text[4096];
	int count = 0;
	ssize_t length;
	int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		return -1;
	}
	/* Each number is followed by a space. */
	while ((length = read(fd, text, sizeof(text))) > 0) {
		for (ssize_t i = 0; i < length; i++) {
			count += text[i] == ' ';
		}
	}
	close(fd);
	return count;
}
