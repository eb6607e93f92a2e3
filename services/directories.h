/* SPDX-License-Identifier: MIT */
#pragma once

/* RuntimeDirectory=, StateDirectory=, CacheDirectory=, LogsDirectory= and ConfigurationDirectory=
 * (systemd.exec(5)). */

#include <sys/types.h>

#include "conf/service_config.h"

bool directories_are_wanted(const struct exec_context *exec);

/*
 * Creates the directories that `exec` names, with their mode and owned by `uid`:`gid`. One that is
 * there with another owner (a fresh volume) is handed over with all it holds, but for one of a
 * configuration, which is left as it is; no symbolic link is followed. Then the links beside them:
 * where something else has the name of one it is -EEXIST, as for systemd. Returns 0 or -errno, and
 * in `ret_kind` which directive failed.
 */
int directories_create(
	const struct exec_context *exec, uid_t uid, gid_t gid, enum exec_directory_kind *ret_kind);

/* Removes what RuntimeDirectory= created, with all it holds, as when the service has stopped.
 * Errors are of no consequence: /run goes with the container. */
void directories_remove_runtime(const struct exec_context *exec);

/* "/run" and so on, and the variable that names the directories to the service. */
const char *directories_root(enum exec_directory_kind kind);
const char *directories_variable(enum exec_directory_kind kind);
