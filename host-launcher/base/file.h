/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whole files, read and written in one go.
 */

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	FILE_TEXT_MAX = 16 << 20,
};

/* Opens a regular file for reading. Returns a descriptor the caller closes and its size in bytes;
 * -errno, -EINVAL for what is no regular file. */
int file_open(const char *path, uint64_t *ret_size);

/* Reads a regular file. Returns 0 and a NUL-terminated string the caller owns; -errno, -EFBIG
 * beyond FILE_TEXT_MAX, -EINVAL for what is no regular file or holds a NUL. */
int file_read_text(const char *path, char **ret_text);

/* As above for any bytes. */
int file_read_bytes(const char *path, char **ret_data, size_t *ret_length);

/* Writes all of it, whatever short writes come. Returns 0 or -errno. */
int file_write_all(int fd, const void *data, size_t length);

/* Creates `name` in the directory, which must not have it yet, whole and flushed to the disk or not
 * at all. Returns 0 or -errno. */
int file_create_at(int directory_fd, const char *name, const void *data, size_t length);
