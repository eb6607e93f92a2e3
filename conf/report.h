/* SPDX-License-Identifier: MIT */
#pragma once

/* Other ways to print problems than one a line (errors.h). */

#include "conf/errors.h"

/* As conf_problems_print(), but for each file that has several settings that are not honoured one
 * line that names some: at each start of a container the whole list would only be in the way. */
void conf_problems_print_brief(const struct conf_problems *problems, FILE *out);

/* A JSON array of objects {"file", "line", "column", "severity", "text"}; line and column are null
 * where a file as a whole is meant. The format is documented in berth-init(8). */
void conf_problems_print_json(const struct conf_problems *problems, FILE *out);
