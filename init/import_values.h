/* SPDX-License-Identifier: MIT */
#pragma once

/* For import.c: the values of the settings of a [program:x], and what is told of them. */

#include <stdbool.h>
#include <stdio.h>

#include "init/supervisord.h"

struct program {
	struct supervisord_section *section;
	struct supervisord_names names;
	const char *name; /* of the service */
	long priority;
};

struct import {
	struct supervisord_file file;
	struct conf_problems *problems;
	FILE *out;
	struct program *programs; /* by priority */
	size_t count;
};

/* Names what has no equal, as a comment in the output and as a warning at its place. */
void import_warn(
	const struct import *im, const struct conf_place *place, const char *what, const char *why);

/* The value as it stands, or NULL if it is missing or empty. */
const char *import_raw(const struct program *p, const char *key);

/* The value with its expansions, by supervisord_expand(), or NULL; one that cannot be expanded is
 * told. */
const char *import_get_styled(
	struct import *im, const struct program *p, const char *key, bool shell);

/* The same without ${X}. */
const char *import_get(struct import *im, const struct program *p, const char *key);

/* A number or a truth; what is none is told, and `fallback` counts. */
long import_get_number(struct import *im, const struct program *p, const char *key, long fallback);
bool import_get_boolean(struct import *im, const struct program *p, const char *key, bool fallback);

/* A line of ours; a percent sign in the value is no specifier. */
void import_put_text(const struct import *im, const char *key, const char *value);
