/* SPDX-License-Identifier: MIT */
#pragma once

/* The steps of a child's set-up, so that a failure can say which setting it was. */

enum spawn_step {
	STEP_NONE,
	STEP_SIGNALS,
	STEP_SESSION,
	STEP_MOUNTS,
	STEP_USER,
	STEP_GROUP,
	STEP_RUNTIME_DIRECTORY,
	STEP_STATE_DIRECTORY,
	STEP_CACHE_DIRECTORY,
	STEP_LOGS_DIRECTORY,
	STEP_STDIN,
	STEP_STDOUT,
	STEP_STDERR,
	STEP_LIMITS,
	STEP_NICE,
	STEP_OOM_SCORE_ADJUST,
	STEP_ENVIRONMENT,
	STEP_ENVIRONMENT_FILE,
	STEP_SET_GROUPS,
	STEP_SET_USER,
	STEP_NO_NEW_PRIVILEGES,
	STEP_WORKING_DIRECTORY,
	STEP_EXEC,
};

/* "User=", "execve()" and so on, for messages. */
const char *step_name(enum spawn_step step);

/* The exit code of a child that failed at `step`: 127 and 126 as a shell has them where the
 * program is missing or cannot be run, else the one of systemd.exec(5). */
int step_exit_code(enum spawn_step step, int error);
