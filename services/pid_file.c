/* SPDX-License-Identifier: MIT */
#include "services/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	/* No number is longer, with blanks. */
	TEXT_MAX = 64,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

int pid_file_parse(const char *text, size_t length, pid_t *ret_pid)
{
	const char *newline = memchr(text, '\n', length);
	const char *end = newline ? newline : text + length;
	pid_t pid = 0;

	while (text < end && is_blank(*text)) {
		text++;
	}
	while (text < end && is_blank(end[-1])) {
		end--;
	}
	if (text == end) {
		return -ENODATA;
	}
	for (; text < end; text++) {
		if (*text < '0' || *text > '9' || __builtin_mul_overflow(pid, 10, &pid) ||
			__builtin_add_overflow(pid, *text - '0', &pid)) {
			return -EINVAL;
		}
	}
	if (pid == 0) {
		return -EINVAL;
	}
	*ret_pid = pid;
	return 0;
}

static int read_open(int fd, pid_t *ret_pid, bool *ret_trusted)
{
	char text[TEXT_MAX];
	struct stat status;

	if (fstat(fd, &status) < 0) {
		return -errno;
	}
	if (!S_ISREG(status.st_mode)) {
		return -EBADF;
	}
	ssize_t length = read(fd, text, sizeof(text));
	if (length < 0) {
		return -errno;
	}
	int r = pid_file_parse(text, (size_t)length, ret_pid);
	if (r == 0) {
		*ret_trusted = status.st_uid == 0;
	}
	return r;
}

int pid_file_read(const char *path, pid_t *ret_pid, bool *ret_trusted)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW);

	if (fd < 0) {
		return -errno;
	}
	int r = read_open(fd, ret_pid, ret_trusted);
	close(fd);
	return r;
}
