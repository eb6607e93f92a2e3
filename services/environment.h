/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The environment of a process and the variables in its command line, as systemd.exec(5) and
 * systemd.service(5) have them, but that the container's own environment is passed on. All
 * memory comes from the caller's arena.
 */

#include "conf/service_config.h"
#include "services/credentials.h"

/* What the environment is made of, besides the service's own settings. */
struct environment_source {
	char *const *inherited;                /* of environment_inherit() */
	const struct credentials *credentials; /* NULL without User= */
	const char *notify_socket;             /* NULL: none */
	int64_t watchdog_ms;                   /* 0: none */
	const char *pid_file;                  /* PIDFile=, or NULL */
	char *const *variables;                /* more of them, NULL at the end; may be NULL */
	pid_t main_pid;                        /* MAINPID of control processes, or 0 */
};

/* What of the environment that PID 1 `received` is for all services, with a PATH in any case. The
 * strings are shared, the list is the arena's. Returns 0 or -ENOMEM. */
int environment_inherit(struct conf_arena *arena, char *const *received, char ***ret_environment);

/*
 * Builds a NULL-terminated NAME=VALUE list, which shares the strings of its sources. Later sources
 * override: the container's, HOME and so on of User=, NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID
 * (the caller's own) and the directories, ExecSearchPath=, Environment=, EnvironmentFile=. Reads
 * files. Returns 0 or -errno; `ret_file` then tells which of the files failed, or is their count.
 */
int environment_build(struct conf_arena *arena, const struct exec_context *exec,
	const struct environment_source *source, char ***ret_environment, size_t *ret_file);

/* The folders of ExecSearchPath= as in PATH; NULL if there are none, or no memory. */
char *environment_search_path(struct conf_arena *arena, const struct exec_context *exec);

/* The value of `name`, or NULL. */
const char *environment_get(char *const *environment, const char *name);

/*
 * Expands variables in a command line: `$NAME` as a whole word gives any number of words, split at
 * blanks outside of quotes; `${NAME}` anywhere gives its value; `$$` is a dollar; all else stays.
 * argv[0] is not expanded. Returns 0 or -ENOMEM.
 */
int environment_expand_argv(
	struct conf_arena *arena, char *const *argv, char *const *environment, char ***ret_argv);
