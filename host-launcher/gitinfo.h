/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What git knows about a source tree, as facts that a build is made of. Reads the tree and never
 * writes in it; runs git a dozen times.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/env_list.h"
#include "host-launcher/failure.h"

struct gitinfo_request {
	const char *source;      /* the top of a work tree */
	const char *base_branch; /* --base-branch; NULL: what config/base_branch says */
	const char *ref;         /* --git-ref, or NULL */
	/* Paths whose changes do not count: where berth itself writes. May lie outside. */
	const struct string_list *ignored;
};

struct gitinfo {
	char *source; /* absolute, without symbolic links */
	char *commit; /* of HEAD */
	char *ref;
	char *branch; /* NULL: detached */
	char *tag;    /* NULL: none exactly at HEAD */
	char *describe;
	char *base_branch;
	char *base_commit;
	char *feature_commit;
	int64_t source_date_epoch_s;
	bool shallow;
	bool base_contained;        /* the base's head is part of HEAD's history */
	bool git_is_directory;      /* false: a worktree's or submodule's .git file */
	struct string_list changes; /* "XY PATH"; empty: the tree is clean */
};

/* Returns 0 and facts that the caller finishes, or -1: EXIT_GIT. */
int gitinfo_collect(
	const struct gitinfo_request *request, struct gitinfo *ret_info, struct failure *failure);

/* A release is what lies exactly at a tag. */
bool gitinfo_is_release(const struct gitinfo *info);

/* The facts as variables, in the order of the man page. */
void gitinfo_to_env(const struct gitinfo *info, struct env_list *env);

void gitinfo_finish(struct gitinfo *info);
