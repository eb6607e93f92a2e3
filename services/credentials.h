/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * User= and Group= to numbers. /etc/passwd and /etc/group are read directly: a static program has
 * no name service switch, and a container rarely has another source. Blocks on the disk only.
 */

#include <stdbool.h>
#include <sys/types.h>

#include "conf/service_config.h"

enum {
	CREDENTIALS_GROUPS_MAX = 256,
	CREDENTIALS_TEXT_MAX = 256,
};

struct credentials {
	uid_t uid;
	gid_t gid;
	gid_t groups[CREDENTIALS_GROUPS_MAX];
	size_t groups_count;
	/* Of the user's passwd entry; empty where there is none. */
	char user[CREDENTIALS_TEXT_MAX];
	char home[CREDENTIALS_TEXT_MAX];
	char shell[CREDENTIALS_TEXT_MAX];
	bool transient; /* of DynamicUser=, with neither home nor shell */
};

/* What User=, Group= and SupplementaryGroups= name, or DynamicUser= has them mean. Returns 0,
 * -ENOENT for an unknown user, -ESRCH for an unknown group, or -E2BIG for more groups than fit. */
int credentials_resolve(const struct exec_context *exec, struct credentials *ret_credentials);

/* The user and group that the process has, with the home of a user that is known. */
void credentials_of_self(struct credentials *ret_credentials);
