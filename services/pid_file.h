/* SPDX-License-Identifier: MIT */
#pragma once

/* The file in which a daemon leaves its number: PIDFile= of systemd.service(5). */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Takes the number out of a file's text: decimal, alone on its first line, blanks around it.
 * Returns 0, -ENODATA for an empty file, or -EINVAL. Pure. */
int pid_file_parse(const char *text, size_t length, pid_t *ret_pid);

/*
 * Reads the file at `path`, which a symbolic link may not stand for: who may write a directory
 * could name any file. `ret_trusted` tells whether it is root's. Returns 0, the errors above,
 * -EBADF if it is no plain file, or -errno. Does not block.
 */
int pid_file_read(const char *path, pid_t *ret_pid, bool *ret_trusted);
