/* SPDX-License-Identifier: MIT */
#pragma once

/* The steps of a child's set-up, so that a failure can say which setting it was. */

#include <stddef.h>

enum spawn_step {
	STEP_NONE,
	STEP_SIGNALS,
	STEP_CGROUP,
	STEP_SESSION,
	STEP_DESCRIPTORS,
	STEP_MOUNTS,
	STEP_USER,
	STEP_GROUP,
	STEP_RUNTIME_DIRECTORY,
	STEP_STATE_DIRECTORY,
	STEP_CACHE_DIRECTORY,
	STEP_LOGS_DIRECTORY,
	STEP_CONFIGURATION_DIRECTORY,
	STEP_STDIN,
	STEP_STDOUT,
	STEP_STDERR,
	STEP_LIMITS,
	STEP_NICE,
	STEP_OOM_SCORE_ADJUST,
	STEP_COREDUMP_FILTER,
	STEP_CPU_SCHEDULING,
	STEP_CPU_AFFINITY,
	STEP_IO_SCHEDULING,
	STEP_TIMER_SLACK,
	STEP_PERSONALITY,
	STEP_ENVIRONMENT,
	STEP_ENVIRONMENT_FILE,
	STEP_ROOT_DIRECTORY,
	STEP_BOUNDING_SET,
	STEP_SET_GROUPS,
	STEP_SET_USER,
	STEP_AMBIENT_CAPABILITIES,
	STEP_SECURE_BITS,
	STEP_NO_NEW_PRIVILEGES,
	STEP_WORKING_DIRECTORY,
	STEP_READY_FD,
	STEP_EXEC,
};

/* Where a set-up has come to: the step, and which item of a setting that is a list. */
struct step_place {
	enum spawn_step step;
	size_t item;
};

/* "User=", "LimitNOFILE=", "execve()" and so on, for messages. `item` counts for steps that stand
 * for several keys. */
const char *step_name(enum spawn_step step, size_t item);

/* The exit code of a child that failed at `step`: 127 and 126 as a shell has them where the
 * program is missing or cannot be run, else the one of systemd.exec(5). */
int step_exit_code(enum spawn_step step, int error);
