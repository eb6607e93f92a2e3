/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * SHA-256, by OpenSSL.
 */

#include <stddef.h>

enum {
	DIGEST_HEX_LENGTH = 64,
};

struct digest {
	void *context;
};

/* Returns 0 or -ENOMEM; digest_finish() is needed only after success. */
int digest_init(struct digest *digest);
void digest_add(struct digest *digest, const void *data, size_t length);
/* Writes the lower-case hexadecimal digits and a NUL, and releases the digest. */
void digest_finish(struct digest *digest, char ret_hex[static DIGEST_HEX_LENGTH + 1]);

/* Of the rest of a file, from its current offset. Returns 0 or -errno. */
int digest_of_fd(int fd, char ret_hex[static DIGEST_HEX_LENGTH + 1]);

/* Of bytes in memory. Returns 0 or -ENOMEM. */
int digest_of_text(const char *data, size_t length, char ret_hex[static DIGEST_HEX_LENGTH + 1]);
