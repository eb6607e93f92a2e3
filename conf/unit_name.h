/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Names of units as systemd.unit(5) has them: PREFIX.TYPE, PREFIX@INSTANCE.TYPE for one made of the
 * template PREFIX@.TYPE. Pure; names are read from and written to buffers of UNIT_NAME_SIZE.
 */

#include <stdbool.h>
#include <stddef.h>

enum {
	UNIT_NAME_MAX = 255,
	UNIT_NAME_SIZE = UNIT_NAME_MAX + 1,
};

enum unit_type {
	UNIT_NONE, /* its suffix is none of a unit */
	UNIT_SERVICE,
	UNIT_TARGET,
	UNIT_OTHER, /* a socket, a timer and so on */
};

/* By the suffix; `name` need not be valid otherwise. */
enum unit_type unit_name_type(const char *name);

/* Letters, digits and :-_.\@ with a known suffix, at most UNIT_NAME_MAX, something before it. */
bool unit_name_is_valid(const char *name);

/* PREFIX@.TYPE, and PREFIX@INSTANCE.TYPE. */
bool unit_name_is_template(const char *name);
bool unit_name_is_instance(const char *name);

/* The parts of a name, by pointer and length. One without @ has an empty instance. */
struct unit_name_parts {
	const char *prefix;
	size_t prefix_length;
	const char *instance;
	size_t instance_length;
	const char *suffix; /* with its dot, or empty */
};

struct unit_name_parts unit_name_split(const char *name);

/* The same for the name of a service without its suffix, which may well end as a target does. */
struct unit_name_parts unit_name_split_bare(const char *name);

/* PREFIX and TYPE of `name` with this instance. False if that is too long. */
bool unit_name_instantiate(
	const char *name, const char *instance, size_t length, char ret_name[UNIT_NAME_SIZE]);

/*
 * The names in whose NAME.d drop-ins of the unit may lie, from the one that goes before the others
 * (the unit's own, `nth` 0) to the last, as systemd goes through them: an instance's template, the
 * prefix cut behind each of its dashes. False behind the last.
 */
bool unit_name_widen(const char *name, size_t nth, char ret_name[UNIT_NAME_SIZE]);

/* Undoes systemd-escape(1): `-` is `/`, `\xNN` a byte. Never longer than `length`. Returns the
 * length of what was written, which has no NUL behind it. */
size_t unit_name_unescape(const char *text, size_t length, char *ret_text);
