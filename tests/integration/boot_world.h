/* SPDX-License-Identifier: MIT */
#pragma once

/* What berth-init finds around it (enum boot_flag of boot.h): made by the new process before its
 * exec. Used by boot.c only. */

#include "tests/integration/boot.h"

enum {
	BOOT_ARGUMENTS_MAX = 600,
};

/* What the child needs between clone and exec, prepared before. */
struct boot_launch {
	unsigned flags;
	int output;
	int input;
	const char *cwd;
	const char *own_cgroup; /* or NULL */
	unsigned descriptors;   /* how many it may have, or 0 */
	uid_t poor_id;          /* of BOOT_POOR */
	const char *program;
	char *argv[BOOT_ARGUMENTS_MAX];
};

/* Runs the program; exits with a code from 117 on if anything of it cannot be had. Allocates
 * nothing. */
_Noreturn void boot_world_enter(const struct boot_launch *launch);
