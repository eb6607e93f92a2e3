/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Problems found in text that people wrote: where, and what was expected. Parsers record every
 * problem and go on, so one run shows them all; whoever asked prints them (GNU style:
 * FILE:LINE:COLUMN: error: TEXT).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

enum conf_severity {
	CONF_ERROR,
	CONF_WARNING,
	CONF_UNHONOURED, /* a warning that begins with a KEY= that is not honoured */
};

/* A place in a file. `line` and `column` count from 1; 0 means "the file as a whole". */
struct conf_place {
	const char *file;
	unsigned line;
	unsigned column;
};

/* One recorded problem; `file` and `text` are owned by the list. */
struct conf_problem {
	enum conf_severity severity;
	char *file;
	unsigned line;
	unsigned column;
	char *text;
};

/* Zero-initialise before first use. `dropped` counts problems lost to lack of memory. */
struct conf_problems {
	struct conf_problem *items;
	size_t count;
	size_t errors;
	size_t dropped;
};

/* Records a problem; copies all it is given. Never fails: without memory it counts in `dropped`
 * (and in `errors`), so that "no errors" stays true only if there were none. */
void conf_problems_add(struct conf_problems *problems, enum conf_severity severity,
	const struct conf_place *place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Prints one, or the count of those that were lost. */
void conf_problem_print(const struct conf_problem *problem, FILE *out);
void conf_problems_print_dropped(const struct conf_problems *problems, FILE *out);

/* Prints all, one a line, as FILE:LINE:COLUMN: error|warning: TEXT. */
void conf_problems_print(const struct conf_problems *problems, FILE *out);

/* Releases the list and leaves it empty, ready for reuse. */
void conf_problems_finish(struct conf_problems *problems);
