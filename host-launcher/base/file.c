/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"

static int read_whole(int fd, struct buffer *into)
{
	char chunk[65536];
	for (;;) {
		ssize_t got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return -errno;
		}
		if (got == 0) {
			return 0;
		}
		if (into->length + (size_t)got > FILE_TEXT_MAX) {
			return -EFBIG;
		}
		buffer_append(into, chunk, (size_t)got);
	}
}

int file_open(const char *path, uint64_t *ret_size)
{
	/* O_NONBLOCK: a fifo must not hang us before fstat() tells that it is one. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat status;
	if (fd < 0) {
		return -errno;
	}
	int rc = fstat(fd, &status) < 0 ? -errno : S_ISREG(status.st_mode) ? 0 : -EINVAL;
	if (rc < 0) {
		close(fd);
		return rc;
	}
	*ret_size = (uint64_t)status.st_size;
	return fd;
}

int file_read_bytes(const char *path, char **ret_data, size_t *ret_length)
{
	uint64_t size;
	autoclose int fd = file_open(path, &size);
	if (fd < 0) {
		return fd;
	}
	struct buffer buffer = { 0 };
	int rc = read_whole(fd, &buffer);
	if (rc < 0) {
		buffer_finish(&buffer);
		return rc;
	}
	*ret_length = buffer.length;
	*ret_data = buffer_steal(&buffer);
	return 0;
}

int file_read_text(const char *path, char **ret_text)
{
	autofree char *text = NULL;
	size_t length = 0;
	int rc = file_read_bytes(path, &text, &length);
	if (rc < 0) {
		return rc;
	}
	if (!text || strlen(text) != length) {
		return -EINVAL;
	}
	*ret_text = text;
	text = NULL;
	return 0;
}

int file_write_all(int fd, const void *data, size_t length)
{
	const char *at = data;
	while (length) {
		ssize_t done = write(fd, at, length);
		if (done < 0 && errno == EINTR) {
			continue;
		}
		if (done < 0) {
			return -errno;
		}
		at += done;
		length -= (size_t)done;
	}
	return 0;
}

int file_create_at(int directory_fd, const char *name, const void *data, size_t length)
{
	autoclose int fd = openat(
		directory_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666);
	if (fd < 0) {
		return -errno;
	}
	int rc = file_write_all(fd, data, length);
	if (rc == 0 && fsync(fd) < 0) {
		rc = -errno;
	}
	if (rc < 0) {
		(void)unlinkat(directory_fd, name, 0);
	}
	return rc;
}
