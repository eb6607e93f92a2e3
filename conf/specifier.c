/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/specifiers.h"
#include "conf/unit_name.h"

static const char *const roots[] = {
	['C'] = "/var/cache",
	['E'] = "/etc",
	['L'] = "/var/log",
	['S'] = "/var/lib",
	['t'] = "/run",
	['%'] = "%",
};

/* Unescaped for capital letters. */
static int put_part(const char *text, size_t length, bool unescaped, FILE *out)
{
	char plain[UNIT_NAME_SIZE];

	if (unescaped && length < sizeof(plain)) {
		length = unit_name_unescape(text, length, plain);
		text = plain;
	}
	fwrite(text, 1, length, out);
	return 1;
}

static int put_file_name(const char *text, size_t length, FILE *out)
{
	if (!length || *text != '/') {
		fputc('/', out);
	}
	/* systemd-escape --path gives the root one dash. */
	return length == 1 && *text == '-' ? 1 : put_part(text, length, true, out);
}

static int put_fragment(const struct service_config *service, bool folder, FILE *out)
{
	const char *path = service->fragment ? service->fragment : service->place.file;
	const char *slash = strrchr(path, '/');

	if (!folder) {
		return put_part(path, strlen(path), false, out);
	}
	return slash ? put_part(path, slash == path ? 1 : (size_t)(slash - path), false, out)
		     : put_part(".", 1, false, out);
}

/* An instance that Unit= names is what its unit was written for; else the service's name counts, by
 * which a unit can be used more than once. */
static const char *name_of(const struct service_config *service)
{
	return service->unit && strchr(service->unit, '@') ? service->unit : service->name;
}

int specifier_put_service(const struct service_config *service, char letter, FILE *out)
{
	const char *name = name_of(service);
	struct unit_name_parts parts = unit_name_split_bare(name);
	const char *dash = memrchr(parts.prefix, '-', parts.prefix_length);
	const char *last = dash ? dash + 1 : parts.prefix;

	switch (letter) {
	case 'n':
		return fprintf(out, "%s.service", name) < 0 ? -EIO : 1;
	case 'N':
		return put_part(name, strlen(name), false, out);
	case 'p':
	case 'P':
		return put_part(parts.prefix, parts.prefix_length, letter == 'P', out);
	case 'i':
	case 'I':
		return put_part(parts.instance, parts.instance_length, letter == 'I', out);
	case 'j':
	case 'J':
		return put_part(last, (size_t)(parts.prefix + parts.prefix_length - last),
			letter == 'J', out);
	case 'f':
		return parts.instance_length
			       ? put_file_name(parts.instance, parts.instance_length, out)
			       : put_file_name(parts.prefix, parts.prefix_length, out);
	case 'd':
		return fprintf(out, "/run/credentials/%s.service", name) < 0 ? -EIO : 1;
	case 'y':
	case 'Y':
		return put_fragment(service, letter == 'Y', out);
	default:
		return 0;
	}
}

static int put_specifier(const struct service_config *service, char letter, FILE *out)
{
	size_t index = (unsigned char)letter;

	if (index < sizeof(roots) / sizeof(roots[0]) && roots[index]) {
		return put_part(roots[index], strlen(roots[index]), false, out);
	}
	int r = service ? specifier_put_service(service, letter, out) : 0;
	return r ? r : specifier_put_host(letter, out);
}

/* systemd leaves what is no specifier as it is. */
static int tell_unknown(const struct directive_context *context, char letter, const char *text)
{
	if (context->imported) {
		conf_problems_add(context->problems, CONF_WARNING, &context->place,
			"unknown specifier %%%c in \"%s\" stays as it is", letter, text);
		return 0;
	}
	return directive_complain(context,
		"unknown specifier %%%c in \"%s\": write %%%% for a percent sign", letter, text);
}

static int expand_to(const struct directive_context *context, const char *text, FILE *out)
{
	int r = 0;

	for (const char *at = text; *at && r >= 0; at++) {
		if (*at != '%' || !at[1]) {
			fputc(*at, out);
			continue;
		}
		r = put_specifier(context->service, *++at, out);
		if (r < 0) {
			return directive_complain(context, "specifier %%%c in \"%s\": %s", *at,
				text, strerrordesc_np(-r));
		}
		if (r == 0) {
			r = tell_unknown(context, *at, text);
			fprintf(out, "%%%c", *at);
		}
	}
	return r < 0 ? r : 0;
}

int directive_expand(const struct directive_context *context, const char *text, char **ret_text)
{
	char *expanded = NULL;
	size_t size = 0;

	if (!strchr(text, '%')) {
		*ret_text = conf_arena_strdup(&context->set->arena, text);
		return *ret_text ? 0 : -ENOMEM;
	}
	FILE *out = open_memstream(&expanded, &size);
	if (!out) {
		return -ENOMEM;
	}
	int r = expand_to(context, text, out);
	bool failed = ferror(out) != 0;
	failed = fclose(out) != 0 || failed;
	char *copy = failed || r < 0 ? NULL : conf_arena_strdup(&context->set->arena, expanded);
	free(expanded);
	if (r == 0 && !copy) {
		r = -ENOMEM;
	}
	if (r == 0) {
		*ret_text = copy;
	}
	return r;
}
