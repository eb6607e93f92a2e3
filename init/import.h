/* SPDX-License-Identifier: MIT */
#pragma once

/* Other supervisors' files to ours. */

#include <stdio.h>

#include "conf/errors.h"

/* Prints an INI file that does what the one of supervisord(1) at `path` says. What has no equal is
 * named in it as a comment, and added to `problems` as a warning. Returns 0 or -errno. Blocks on
 * the disk only. */
int import_supervisord(const char *path, FILE *out, struct conf_problems *problems);
