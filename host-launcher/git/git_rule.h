/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The rules by which git's answers become facts of a build. Pure: no process, no file, and the
 * environment only as it is handed in.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

/* What the rules look at. NULL where there is none. */
struct git_ref_question {
	const char *head;                                 /* commit of HEAD */
	const char *tag;                                  /* the tag exactly at HEAD */
	const char *branch;                               /* NULL: HEAD is detached */
	const char *asked;                                /* --git-ref */
	const char *(*get)(const char *name, void *user); /* an environment variable */
	void *user;
};

/* Decides GIT_REF: --git-ref, else the tag, else the branch, else what a CI system says. Checks
 * what Jenkins says against it. `*ret_ref` is owned by the caller. Failure: EXIT_GIT. */
int git_rule_ref(const struct git_ref_question *question, char **ret_ref, struct failure *failure);

/* The date of the newest entry of a debian/changelog, in seconds since 1970. Returns 0, or
 * -EINVAL where there is no line ` -- NAME <MAIL>  DATE` with an RFC 5322 date. */
int git_rule_changelog_date(const char *text, int64_t *ret_epoch_s);

/* The first line of config/base_branch without blanks around it. Returns 0 and a string the caller
 * owns, or -EINVAL where no branch can have that name. */
int git_rule_base_branch(const char *text, char **ret_branch);

/* Overwrites the user, password and query of every URL in the text: remotes are often given tokens
 * that no log, message or image may hold. */
void git_rule_redact(char *text);

/* What a build's results are called: */
struct git_basename {
	const char *prefix; /* as in tails-amd64 */
	const char *tag;    /* NULL: no release, and the rest counts */
	const char *ref;
	const char *short_commit; /* of the branch itself, before any merge */
	const char *base;         /* NULL: the base branch is not merged */
	const char *base_short;
	int64_t now_s;
};

/* PREFIX-BRANCH@SHORT[+BASE@SHORT]-YYYYMMDDTHHMMZ, or PREFIX-TAG, with / as _ and, in a tag, - as
 * ~. The caller frees it. */
char *git_rule_basename(const struct git_basename *parts);

/* Whether a line of `git log --format="... %D"` has a tag among its names. No name has blanks. */
bool git_rule_is_tagged(const char *line);

/* Splits the output of `git status --porcelain -z` into "XY PATH" items. */
void git_rule_changes(const char *text, size_t length, struct string_list *changes);
