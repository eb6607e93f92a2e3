/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/unit_name.h"

static bool put(FILE *out, const char *text, size_t length)
{
	return fwrite(text, 1, length, out) == length;
}

static bool put_unescaped(FILE *out, const char *text, size_t length)
{
	char plain[UNIT_NAME_SIZE];

	return length < sizeof(plain) && put(out, plain, unit_name_unescape(text, length, plain));
}

/* Writes what `%letter` stands for. False if there is no such specifier here. */
static bool put_specifier(const char *name, char letter, FILE *out)
{
	struct unit_name_parts parts = unit_name_split_bare(name);
	const char *prefix_end = parts.prefix + parts.prefix_length;
	const char *dash = memrchr(parts.prefix, '-', parts.prefix_length);
	const char *last = dash ? dash + 1 : parts.prefix;

	switch (letter) {
	case '%':
		return fputc('%', out) != EOF;
	case 'n':
		return fprintf(out, "%s.service", name) >= 0;
	case 'N':
		return fputs(name, out) != EOF;
	case 'p':
		return put(out, parts.prefix, parts.prefix_length);
	case 'P':
		return put_unescaped(out, parts.prefix, parts.prefix_length);
	case 'i':
		return put(out, parts.instance, parts.instance_length);
	case 'I':
		return put_unescaped(out, parts.instance, parts.instance_length);
	case 'j':
		return put(out, last, (size_t)(prefix_end - last));
	case 'J':
		return put_unescaped(out, last, (size_t)(prefix_end - last));
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

/* An instance that Unit= names is what its unit was written for; else the service's name counts, by
 * which a unit can be used more than once. */
static const char *name_of(const struct service_config *service)
{
	if (!service) {
		return "";
	}
	return service->unit && strchr(service->unit, '@') ? service->unit : service->name;
}

int directive_expand(const struct directive_context *context, const char *text, char **ret_text)
{
	const char *name = name_of(context->service);
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
