/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Asks git one question. git runs in a clean environment: nothing that a hook, an editor or a CI
 * job exported redirects it, no hook or fsmonitor of the repository runs, the index is not
 * written, and its words are English.
 */

#include "host-launcher/failure.h"
#include "host-launcher/process.h"

/* Runs `git ARGUMENTS` in `directory` to its end; `arguments` is NULL-terminated. Returns 0
 * whatever git's exit code, which is in `ret_result` (finish it); -1 when git cannot run. */
int git_run(const char *directory, const char *const *arguments, struct process_result *ret_result,
	struct failure *failure);

/* Whether git is handed this variable of ours. Pure. */
int git_keeps_variable(const char *pair);
