/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Asks git one question. git runs in a clean environment: nothing that a hook, an editor or a CI
 * job exported redirects it, no hook or fsmonitor of the repository runs, the index is not
 * written, and its words are English. After signals_watch() a signal ends it.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/base/process.h"
#include "host-launcher/base/words.h"

/* Where git is asked: in `directory`, with more variables (KEY=value), or NULL. */
struct git_place {
	const char *directory;
	const struct string_list *env;
};

/* The words of one question, NULL-terminated. */
#define GIT(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* Runs `git ARGUMENTS` in `directory` to its end; `arguments` is NULL-terminated. Returns 0
 * whatever git's exit code, which is in `ret_result` (finish it); -1 when git cannot run. */
int git_run(const char *directory, const char *const *arguments, struct process_result *ret_result,
	struct failure *failure);

int git_run_at(const struct git_place *place, const char *const *arguments,
	struct process_result *ret_result, struct failure *failure);

struct git_question;

/* The same in two steps, so that several questions are asked at once; git_answer() frees the
 * question in any case. */
int git_begin(const struct git_place *place, const char *const *arguments,
	struct git_question **ret_question, struct failure *failure);
int git_answer(
	struct git_question *question, struct process_result *ret_result, struct failure *failure);

/* One answer without its final newline: 1 and a string the caller owns, 0 when git says no, -1 when
 * it cannot run. */
int git_ask(const struct git_place *place, const char *const *arguments, char **ret_answer,
	struct failure *failure);

/* As git_ask(), where git must have an answer: 0 or -1. What git said is in the failure, without
 * the credentials that it may hold. */
int git_need(const struct git_place *place, const char *const *arguments, char **ret_answer,
	struct failure *failure);

/* Fills in why git failed in `directory`, from what it wrote to its standard error. -1. */
int git_explain(const char *directory, const char *errors, struct failure *failure);

/* Whether git is handed this variable of ours. Pure. */
int git_keeps_variable(const char *pair);
