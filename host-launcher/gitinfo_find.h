/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The questions that gitinfo.h is the answers to, each with what it needs to be known before. Those
 * that need the same may be asked at once, in threads: each writes members of its own, and what is
 * read was there before. Returned is 0, or -1: EXIT_GIT. All block until git has answered.
 */

#include "host-launcher/gitinfo.h"

struct gitinfo_asking {
	const struct gitinfo_request *request;
	struct gitinfo *info;
	char *history; /* HEAD's last commits; owned */
	int64_t base_date_s;
};

/* --- needed: info->source, an absolute path ----------------------------------------------------
 */

/* Whether it is a work tree with a commit; the commit, the branch, the folders. */
int gitinfo_find_tree(struct gitinfo_asking *asking, struct failure *failure);

/* The base branch's name, and all refs. */
int gitinfo_find_refs(struct gitinfo_asking *asking, struct failure *failure);

/* The remote's URL, and whether the checkout is sparse. */
int gitinfo_find_configuration(struct gitinfo_asking *asking, struct failure *failure);

int gitinfo_find_changes(struct gitinfo_asking *asking, struct failure *failure);

int gitinfo_find_history(struct gitinfo_asking *asking, struct failure *failure);

/* --- needed: all of the above -------------------------------------------------------------------
 */

/* The tag at the commit, the base branch's commit, and what the build is called by. */
int gitinfo_find_names(struct gitinfo_asking *asking, struct failure *failure);

/* --- needed: the names ---------------------------------------------------------------------------
 */

/* Whether the base branch's commit is part of HEAD's history. */
int gitinfo_find_contained(struct gitinfo_asking *asking, struct failure *failure);

/* Dates and abbreviations of the two commits, and the date of the changelog. */
int gitinfo_find_dates(struct gitinfo_asking *asking, struct failure *failure);

int gitinfo_find_description(struct gitinfo_asking *asking, struct failure *failure);
