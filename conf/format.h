/* SPDX-License-Identifier: MIT */
#pragma once

/* Values back to text, in the syntax in which they may be written. */

#include <stdio.h>

#include "conf/directives.h"

/* Writes the value that `directive` has in `base`, a struct service_config or struct init_config.
 * Returns false, and writes nothing, if it has none. */
bool conf_format(FILE *out, const struct directive *directive, const void *base);

/* A time span as systemd writes it: "1min 30s", "infinity". */
void conf_format_timespan(FILE *out, int64_t ms);

/* A word with quotes and escapes where conf_next_word() needs them. */
void conf_format_word(FILE *out, const char *word);
