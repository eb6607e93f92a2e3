/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"

/* Writes what `%letter` stands for. False if there is no such specifier here. */
static bool put_specifier(const char *name, char letter, FILE *out)
{
	const char *at = strchr(name, '@');

	switch (letter) {
	case '%':
		return fputc('%', out) != EOF;
	case 'n':
		return fprintf(out, "%s.service", name) >= 0;
	case 'N':
		return fputs(name, out) != EOF;
	case 'p':
		return fprintf(out, "%.*s", at ? (int)(at - name) : (int)strlen(name), name) >= 0;
	case 'i':
		return fputs(at ? at + 1 : "", out) != EOF;
	case 't':
		return fputs("/run", out) != EOF;
	case 'S':
		return fputs("/var/lib", out) != EOF;
	case 'C':
		return fputs("/var/cache", out) != EOF;
	case 'L':
		return fputs("/var/log", out) != EOF;
	case 'E':
		return fputs("/etc", out) != EOF;
	default:
		return false;
	}
}

/* Returns the first letter that is no specifier, or 0. */
static char expand_to(const char *name, const char *text, FILE *out)
{
	for (; *text; text++) {
		if (*text != '%' || !text[1]) {
			fputc(*text, out);
		} else if (!put_specifier(name, *++text, out)) {
			return *text;
		}
	}
	return 0;
}

int directive_expand(const struct directive_context *context, const char *text, char **ret_text)
{
	const char *name = context->service ? context->service->name : "";
	char *expanded = NULL;
	size_t size = 0;

	FILE *out = open_memstream(&expanded, &size);
	if (!out) {
		return -ENOMEM;
	}
	char unknown = expand_to(name, text, out);
	bool failed = ferror(out) != 0;
	failed = fclose(out) != 0 || failed;
	char *copy = failed ? NULL : conf_arena_strdup(&context->set->arena, expanded);
	free(expanded);
	if (unknown) {
		return directive_complain(context,
			"unknown specifier %%%c in \"%s\": write %%%% for a percent sign", unknown,
			text);
	}
	if (!copy) {
		return -ENOMEM;
	}
	*ret_text = copy;
	return 0;
}
