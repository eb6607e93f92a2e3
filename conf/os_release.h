/* SPDX-License-Identifier: MIT */
#pragma once

/* os-release(5) of where we are. */

enum {
	CONF_OS_RELEASE_MAX = 4096, /* what is behind is not looked at */
};

/* Reads the file into `text` and finds the value of `name` there, without its quotes; NULL where it
 * is not set. Blocks on the disk only. Returns 0, or -errno where there is no such file. */
int conf_os_release(const char *name, char text[CONF_OS_RELEASE_MAX], const char **ret_value);
