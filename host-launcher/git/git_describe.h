/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A commit's name for people, as `git describe --tags --always --abbrev=12` gives it, but from the
 * last commits only: git itself may walk through all of a long history.
 */

#include "host-launcher/git/git.h"
#include "host-launcher/git/git_rule.h"

enum {
	/* A tag farther back does not count. */
	GIT_DESCRIBE_COMMITS = 1000,
	/* Of several tags in the history, so many are compared; git's own number. */
	GIT_DESCRIBE_CANDIDATES = 10,
};

struct git_describe_question {
	const char *commit;
	const char *tag; /* the one exactly at the commit, or NULL */
	/* The commit and GIT_DESCRIBE_COMMITS - 1 before it, the newest first, each a line of its
	 * hash, a blank and what git_rule_is_tagged() reads. */
	const char *history;
};

/* Returns 0 and a string the caller owns. */
int git_describe(const struct git_place *place, const struct git_describe_question *question,
	char **ret_text, struct failure *failure);
