/* SPDX-License-Identifier: MIT */
#pragma once

/* How the settings of struct exec_extras are printed, for format.c. `field` is where the pointer to
 * them is. They return whether there is anything to print. */

#include <stdio.h>

#include "conf/directives.h"

typedef bool formatter(FILE *out, const struct directive *directive, const void *field);

formatter format_search_path;
formatter format_input_text;
formatter format_input_data;
formatter format_timer_slack;
formatter format_coredump_filter;
formatter format_secure_bits;
formatter format_personality;
formatter format_tty_size;
