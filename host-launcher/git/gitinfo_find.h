/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The questions that gitinfo.h is the answers to, in the order in which they have to be asked: each
 * needs the answers to those before. Returned is 0, or -1: EXIT_GIT. All block until git has
 * answered.
 */

#include "host-launcher/git/gitinfo.h"

struct gitinfo_asking {
	const struct gitinfo_request *request;
	struct gitinfo *info;
	/* HEAD's last commits, the newest first, each a line of its hash, the short one, its date
	 * in seconds since 1970 and its tags: "HASH SHORT DATE tag: NAME, tag: NAME". Owned. What
	 * is found there need not be asked for. */
	char *history;
	int64_t base_date_s;
};

/* Of info->source, an absolute path: whether it is a work tree with a commit; the commit, the
 * branch, the folders; the base branch's name and commit; the tags; the remote's URL, and whether
 * the checkout is sparse; changes; the history. */
int gitinfo_find_basics(struct gitinfo_asking *asking, struct failure *failure);

/* The tag at the commit, and what the build is called by. Makes sure that
 * the history is that of the commit. */
int gitinfo_find_names(struct gitinfo_asking *asking, struct failure *failure);

/* Whether the base branch's commit is part of HEAD's history. */
int gitinfo_find_contained(struct gitinfo_asking *asking, struct failure *failure);

/* Dates and abbreviations of the two commits, and the date of the changelog. */
int gitinfo_find_dates(struct gitinfo_asking *asking, struct failure *failure);

int gitinfo_find_description(struct gitinfo_asking *asking, struct failure *failure);
