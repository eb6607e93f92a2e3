/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A queue of bytes on disk, in a file without a name (O_TMPFILE, open(2)) in $TMPDIR, /var/tmp or
 * /tmp. It takes from a pipe without a copy in memory (splice(2)), gives in order, and gives back
 * to the file system what it gave, and all when it is empty. It holds SPILL_MAX bytes. May block
 * for as long as the disk does. Uses no memory.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define SPILL_MAX ((off_t)1 << 30)

struct spill {
	int fd; /* -1: empty */
	off_t begin;
	off_t punched; /* up to there is given back */
	off_t end;
};

#define SPILL_EMPTY ((struct spill) { .fd = -1 })

bool spill_is_empty(const struct spill *spill);
off_t spill_length(const struct spill *spill);

/* Takes some of what `pipe_fd` holds, which must not block. Returns how much, 0 when nobody can
 * write to it any more, -EAGAIN when it is empty, or another -errno: where it finds no room, there
 * is none that it may have (-EFBIG) or no folder. Nothing is lost then, the pipe still has it. */
ssize_t spill_take(struct spill *spill, int pipe_fd);

/* Gives the oldest bytes, `size` at most. Returns how many, or -errno: they cannot be read, and it
 * is empty now. */
ssize_t spill_give(struct spill *spill, char *bytes, size_t size);

/* Empties it. */
void spill_finish(struct spill *spill);
