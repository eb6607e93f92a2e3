/* SPDX-License-Identifier: MIT */
#pragma once

/* The wildcards of a shell, over bytes: * ? [a-z] [!a-z] and \ before what is meant as it stands.
 * fnmatch(3) adds 16 KiB to a static PID 1, half of it for wide characters. Pure. */

#include <stdbool.h>

bool wildcard_matches(const char *pattern, const char *text);
