/* SPDX-License-Identifier: MIT */
#include "init/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

enum {
	/* More than a pipe has by default. */
	PIECE = 1 << 20,
	/* What was given is given back to the file system in steps of this. */
	STEP = 1 << 20,
};

bool spill_is_empty(const struct spill *spill)
{
	return spill->fd < 0;
}

off_t spill_length(const struct spill *spill)
{
	return spill->end - spill->begin;
}

/* Returns a descriptor, or -errno of the last place. */
static int open_file(void)
{
	const char *const folders[] = { getenv("TMPDIR"), "/var/tmp", "/tmp" };
	int r = -ENOENT;

	for (size_t i = 0; r < 0 && i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (folders[i] && *folders[i]) {
			int fd = open(folders[i], O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
			r = fd < 0 ? -errno : fd;
		}
	}
	return r;
}

ssize_t spill_take(struct spill *spill, int pipe_fd)
{
	if (spill_length(spill) > SPILL_MAX - PIECE) {
		return -EFBIG;
	}
	int fd = spill_is_empty(spill) ? open_file() : spill->fd;
	if (fd < 0) {
		return fd;
	}
	off_t end = spill->end;
	ssize_t n = splice(pipe_fd, NULL, fd, &end, PIECE, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
	int error = errno;
	if (n > 0) {
		spill->fd = fd;
		spill->end = end;
	} else if (spill_is_empty(spill)) {
		close(fd);
	}
	return n < 0 ? -error : n;
}

ssize_t spill_give(struct spill *spill, char *bytes, size_t size)
{
	ssize_t n = pread(spill->fd, bytes, size, spill->begin);
	int error = n < 0 ? errno : EIO;

	if (n <= 0) {
		spill_finish(spill);
		return -error;
	}
	spill->begin += n;
	if (spill->begin == spill->end) {
		spill_finish(spill);
	} else if (spill->begin - spill->punched >= STEP &&
		   fallocate(spill->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, spill->punched,
			   spill->begin - spill->punched) == 0) {
		spill->punched = spill->begin;
	}
	return n;
}

void spill_finish(struct spill *spill)
{
	if (!spill_is_empty(spill)) {
		close(spill->fd);
	}
	*spill = SPILL_EMPTY;
}
