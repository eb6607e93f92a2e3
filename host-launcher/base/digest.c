/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/digest.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <unistd.h>

int digest_init(struct digest *digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	if (!context || EVP_DigestInit_ex(context, EVP_sha256(), NULL) != 1) {
		EVP_MD_CTX_free(context);
		return -ENOMEM;
	}
	digest->context = context;
	return 0;
}

void digest_add(struct digest *digest, const void *data, size_t length)
{
	EVP_DigestUpdate(digest->context, data, length);
}

void digest_finish(struct digest *digest, char ret_hex[static DIGEST_HEX_LENGTH + 1])
{
	unsigned char bytes[EVP_MAX_MD_SIZE] = { 0 };
	EVP_DigestFinal_ex(digest->context, bytes, NULL);
	EVP_MD_CTX_free(digest->context);
	digest->context = NULL;
	for (size_t i = 0; i < DIGEST_HEX_LENGTH / 2; i++) {
		snprintf(ret_hex + 2 * i, 3, "%02x", bytes[i]);
	}
}

int digest_of_fd(int fd, char ret_hex[static DIGEST_HEX_LENGTH + 1])
{
	struct digest digest;
	int rc = digest_init(&digest);
	if (rc < 0) {
		return rc;
	}
	char chunk[65536];
	ssize_t got;
	do {
		got = read(fd, chunk, sizeof(chunk));
		if (got > 0) {
			digest_add(&digest, chunk, (size_t)got);
		}
	} while (got > 0 || (got < 0 && errno == EINTR));
	rc = got < 0 ? -errno : 0;
	digest_finish(&digest, ret_hex);
	return rc;
}

int digest_of_text(const char *data, size_t length, char ret_hex[static DIGEST_HEX_LENGTH + 1])
{
	struct digest digest;
	int rc = digest_init(&digest);
	if (rc == 0) {
		digest_add(&digest, data, length);
		digest_finish(&digest, ret_hex);
	}
	return rc;
}
