/* SPDX-License-Identifier: MIT */
#include "init/import_values.h"

#include <stdint.h>
#include <string.h>

#include "conf/value.h"

void import_warn(
	const struct import *im, const struct conf_place *place, const char *what, const char *why)
{
	fprintf(im->out, "; %s: %s\n", what, why);
	conf_problems_add(im->problems, CONF_WARNING, place, "%s: %s", what, why);
}

/* --- values ---------------------------------------------------------------------------------- */

const char *import_raw(const struct program *p, const char *key)
{
	const struct supervisord_entry *entry = supervisord_find(p->section, key);

	return entry && *entry->value ? entry->value : NULL;
}

/* The expanded value, or NULL if there is none; a name in it that is unknown is told. */
const char *import_get_styled(
	struct import *im, const struct program *p, const char *key, bool shell)
{
	const struct supervisord_entry *entry = supervisord_find(p->section, key);
	char *unknown = NULL;

	if (!entry || !*entry->value) {
		return NULL;
	}
	const char *value =
		supervisord_expand(&im->file.arena, entry->value, &p->names, shell, &unknown);
	char text[256];
	snprintf(text, sizeof(text), "%s=%.100s", entry->key, entry->value);
	if (value && !shell && strstr(entry->value, "%(ENV_")) {
		import_warn(im, &entry->place, text,
			"has the values that the variables have here, now");
	} else if (!value) {
		import_warn(im, &entry->place, text,
			unknown && strncmp(unknown, "ENV_", 4) == 0
				? "the variable is not set here, give it a value by hand"
				: "an expansion in it has no equal");
	}
	return value;
}

const char *import_get(struct import *im, const struct program *p, const char *key)
{
	return import_get_styled(im, p, key, false);
}

long import_get_number(struct import *im, const struct program *p, const char *key, long fallback)
{
	const char *value = import_get(im, p, key);
	int64_t number;

	if (!value) {
		return fallback;
	}
	if (conf_parse_integer(value, -1000000, 1000000, &number) < 0) {
		import_warn(
			im, &supervisord_find(p->section, key)->place, key, "expected a number");
		return fallback;
	}
	return (long)number;
}

bool import_get_boolean(struct import *im, const struct program *p, const char *key, bool fallback)
{
	const char *value = import_get(im, p, key);
	bool yes = fallback;

	if (value && conf_parse_boolean(value, &yes) < 0) {
		import_warn(im, &supervisord_find(p->section, key)->place, key,
			"expected true or false");
	}
	return yes;
}

/* A value of one of our keys: a percent sign is no specifier. */
void import_put_text(const struct import *im, const char *key, const char *value)
{
	fprintf(im->out, "%s=", key);
	for (; *value; value++) {
		fputs(*value == '%' ? "%%" : (const char[]) { *value, '\0' }, im->out);
	}
	fputc('\n', im->out);
}
