/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The one line at the foot of a terminal, on standard error. Whoever writes something else there
 * hides it first; it is only shown where a line begins.
 */

#include <stdbool.h>

/* Draws it over what is shown. `line` is printable and fits into the terminal. */
void live_show(const char *line);

bool live_is_shown(void);

/* Wipes it away; nothing where nothing is shown. */
void live_hide(void);
