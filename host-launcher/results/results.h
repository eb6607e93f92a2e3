/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The folder a build's results end in. They are gathered in DIR.partial-RUN beside it, which then
 * becomes DIR in one rename, or DIR.failed after a failure; so DIR never holds half a build, and a
 * failed build does not push out the last good one. What DIR held goes to DIR.previous. Only
 * folders that berth made (buildinfo.json is in them) are ever moved or removed.
 */

#include <sys/types.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"
#include "host-launcher/results/unpack.h"

#define RESULTS_LOG  "build.log"
#define RESULTS_INFO "buildinfo.json"
#define RESULTS_SUMS "SHA256SUMS"

struct results {
	char *path;       /* absolute */
	const char *name; /* the last part of `path` */
	char *partial;    /* name of the gathering folder, in the parent */
	int parent_fd;
	int partial_fd; /* -1 before results_begin() */
	uid_t uid;      /* whom everything is given to; (uid_t)-1: no change */
	gid_t gid;
};

/* Checks that results can go to `path` and creates nothing. Under sudo they are for the user who
 * called it. Returns 0 and what the caller finishes, or -1: EXIT_WRITE. */
int results_init(const char *path, struct results *ret_results, struct failure *failure);

/* The folders that belong to it in the build `run`, absolute, for those who must not trip over
 * them. */
void results_paths(const struct results *results, const char *run, struct string_list *paths);

/* What the path of each gathering folder begins with, also of builds that only begin now; absolute,
 * owned by the caller. */
char *results_gathering(const struct results *results);

/* Creates the gathering folder and, in it, the log; `*ret_log_fd` is the caller's to close. */
int results_begin(
	struct results *results, const char *run, int *ret_log_fd, struct failure *failure);

/* Goes on with the gathering folder of a run that another berth left, or makes it anew; the log in
 * it begins again. */
int results_resume(
	struct results *results, const char *run, int *ret_log_fd, struct failure *failure);

/* The gathering folder stays when this berth ends. */
void results_leave(struct results *results);

/* Removes the gathering folder of a run that nobody goes on with. */
void results_discard(struct results *results, const char *run);

/* Adds a file of berth's own, an empty one where it cannot be written. */
int results_add(
	struct results *results, const char *name, const char *text, struct failure *failure);

/* Writes SHA256SUMS, from the sums of what was unpacked and berth's own files, and moves all to its
 * place: `*ret_where`, owned by the caller. Without sums that is the place of a failure, and -1 is
 * returned. If the move fails, they stay where they are, and `*ret_where` is not set. */
int results_publish(struct results *results, const struct unpack_result *unpacked, bool success,
	char **ret_where, struct failure *failure);

/* Removes the gathering folder if there still is one, and releases the rest. */
void results_finish(struct results *results);
