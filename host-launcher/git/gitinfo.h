/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What git knows about a source tree, as facts that a build is made of. Reads the repository and
 * never writes in it: a merge of the base branch lies in a folder of its own.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/env_list.h"
#include "host-launcher/base/failure.h"
#include "host-launcher/git/git_rule.h"
#include "host-launcher/git/git_submodule.h"

struct gitinfo_request {
	const char *source;      /* the top of a work tree */
	const char *base_branch; /* --base-branch; NULL: what config/base_branch says */
	const char *ref;         /* --git-ref, or NULL */
	bool no_merge_base;
	/* Each one path or more, with blanks between them; NULL: none. */
	const struct string_list *log_paths;
	/* Paths whose changes do not count: where berth itself writes. May lie outside. */
	const struct string_list *ignored;
	/* The same for all paths that begin with this; NULL: none. */
	const char *ignored_start;
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
	char *feature_commit; /* of HEAD, before any merge */
	/* What is built: the merge of the base branch, or the commit itself. */
	char *build_commit;
	char *commit_short; /* as git abbreviates them */
	char *base_short;
	char *build_short;
	char *remote; /* origin's URL without credentials; NULL: there is none */
	int64_t source_date_epoch_s;
	bool shallow;
	bool sparse;                      /* the checkout lacks files on purpose */
	bool base_contained;              /* the base's head is part of HEAD's history */
	bool merges_base;                 /* the base branch belongs into this build */
	bool git_is_directory;            /* false: a worktree's or submodule's .git file */
	struct string_list changes;       /* "XY PATH"; empty: the tree is clean */
	struct string_list tags;          /* all their names */
	struct git_submodules submodules; /* of what is built */
	/* A line for each of the paths asked for: the last commit that touched them, or -, a tab,
	 * and the paths. */
	char *log;
	char *git_dir;                /* absolute */
	char *objects;                /* its folder of objects, absolute */
	char *object_format;          /* "sha1" or "sha256" */
	char *scratch;                /* the merge's folder; NULL: there was none to make */
	struct string_list merge_env; /* what git needs to see the merge */
};

/* Returns 0 and facts that the caller finishes, or -1: EXIT_GIT, or EXIT_WRITE for the folder of a
 * merge. */
int gitinfo_collect(
	const struct gitinfo_request *request, struct gitinfo *ret_info, struct failure *failure);

/* A release is what lies exactly at a tag. */
bool gitinfo_is_release(const struct gitinfo *info);

/* Whether the base branch was merged in. */
bool gitinfo_is_merged(const struct gitinfo *info);

/* The names of all tags, one a line; the caller frees them. */
char *gitinfo_tags(const struct gitinfo *info);

/* The facts as variables, in the order of the man page. */
void gitinfo_to_env(const struct gitinfo *info, struct env_list *env);

/* Whether it is the name of one of these variables. */
bool gitinfo_is_fact(const char *name);

/* Removes the merge as well. */
void gitinfo_finish(struct gitinfo *info);
