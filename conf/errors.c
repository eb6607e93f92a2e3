/* SPDX-License-Identifier: MIT */
#include "conf/errors.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void count(struct conf_problems *problems, enum conf_severity severity)
{
	if (severity == CONF_ERROR) {
		problems->errors++;
	}
}

static int grow(struct conf_problems *problems)
{
	/* Capacity is the next power of two, so it need not be stored. */
	if ((problems->count & (problems->count - 1)) != 0) {
		return 0;
	}
	size_t capacity = problems->count ? problems->count * 2 : 1;
	struct conf_problem *items = reallocarray(problems->items, capacity, sizeof(*items));
	if (!items) {
		return -1;
	}
	problems->items = items;
	return 0;
}

void conf_problems_add(struct conf_problems *problems, enum conf_severity severity,
	const struct conf_place *place, const char *format, ...)
{
	count(problems, severity);

	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	char *file = strdup(place->file);
	if (length < 0 || !file || grow(problems) < 0) {
		free(length < 0 ? NULL : text);
		free(file);
		problems->dropped++;
		return;
	}
	problems->items[problems->count++] = (struct conf_problem) {
		.severity = severity,
		.file = file,
		.line = place->line,
		.column = place->column,
		.text = text,
	};
}

void conf_problem_print(const struct conf_problem *problem, FILE *out)
{
	fputs(problem->file, out);
	if (problem->line) {
		fprintf(out, ":%u", problem->line);
	}
	if (problem->line && problem->column) {
		fprintf(out, ":%u", problem->column);
	}
	fprintf(out, ": %s: %s\n", problem->severity == CONF_ERROR ? "error" : "warning",
		problem->text);
}

void conf_problems_print_dropped(const struct conf_problems *problems, FILE *out)
{
	if (problems->dropped) {
		fprintf(out, "%zu more problems could not be kept: out of memory\n",
			problems->dropped);
	}
}

void conf_problems_print(const struct conf_problems *problems, FILE *out)
{
	for (size_t i = 0; i < problems->count; i++) {
		conf_problem_print(&problems->items[i], out);
	}
	conf_problems_print_dropped(problems, out);
}

void conf_problems_finish(struct conf_problems *problems)
{
	for (size_t i = 0; i < problems->count; i++) {
		free(problems->items[i].file);
		free(problems->items[i].text);
	}
	free(problems->items);
	*problems = (struct conf_problems) { 0 };
}
