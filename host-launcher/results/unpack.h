/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Takes a build's results out of the tar archive an engine sends. The build ran code that nobody
 * vouches for, so only plain files and folders get through: no links, devices or set-user-ID, no
 * name that leads out of the folder or could deceive a terminal.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

enum {
	UNPACK_ENTRIES_MAX = 100000,
};

/* Gives the next piece of the archive: its length, 0 at the end, or -1 with the failure told. The
 * piece stays valid until the next call. */
typedef ssize_t unpack_source(void *user, const void **ret_data, struct failure *failure);

struct unpack_request {
	int directory_fd; /* an empty folder that nobody else writes in */
	const char *top;  /* every entry lies in this folder of the archive, which is left off */
	uid_t uid;        /* who is to own the files; (uid_t)-1: whoever runs this */
	gid_t gid;
	const char *const *reserved; /* names at the top that are not taken; NULL-terminated */
	unpack_source *source;
	void *user;
};

struct unpack_result {
	size_t files;
	struct string_list sums;    /* "HEX  PATH", one a file, in the archive's order */
	struct string_list skipped; /* "PATH: why" */
};

/* Returns 0; the caller finishes the result in any case. Failure: EXIT_WRITE, EXIT_VERIFY for an
 * archive that no honest engine sends, or what the source says. */
int unpack_archive(const struct unpack_request *request, struct unpack_result *result,
	struct failure *failure);

void unpack_result_finish(struct unpack_result *result);

/* The entry's path below `top`: "" for `top` itself, NULL when it does not lie there or has a
 * part that is empty, "." or "..". Points into `path`. Pure. */
const char *unpack_relative(const char *path, const char *top);
