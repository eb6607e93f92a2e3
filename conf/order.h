/* SPDX-License-Identifier: MIT */
#pragma once

/* Comparisons in the values of conditions: `>=4`, and versions as the Version Format Specification
 * of the UAPI group orders them. Pure. */

#include <stdbool.h>

enum {
	CONF_COMPARISONS_MAX = 1024, /* bytes of a value of several, with its NUL */
};

enum conf_order {
	ORDER_NONE,
	ORDER_LOWER,
	ORDER_LOWER_OR_EQUAL,
	ORDER_EQUAL,
	ORDER_UNEQUAL,
	ORDER_GREATER_OR_EQUAL,
	ORDER_GREATER,
};

/* Takes an operator off the beginning of `*text`; ORDER_NONE if there is none. */
enum conf_order conf_take_order(const char **text);

/* Whether it holds for two of which the first is less (negative), as much (0) or more. */
bool conf_order_holds(enum conf_order order, int comparison);

/* Whether version `a` is older (negative), the same (0), or newer than `b`. */
int conf_compare_versions(const char *a, const char *b);

/* A value of several, word by word. */
struct conf_comparisons {
	const char *rest;
	bool begun;
	char word[CONF_COMPARISONS_MAX];

	/* The last one; the strings are in `word`. */
	const char *name; /* or NULL */
	enum conf_order order;
	const char *value;
};

/* Begins with `text`, which has to outlive it. Returns 0, or -EINVAL for one that is too long. */
int conf_comparisons_begin(struct conf_comparisons *comparisons, const char *text);

/*
 * Each takes the next word. Returns 1, 0 at the end, -EINVAL for a word that makes no sense.
 *
 * conf_next_assertion(): NAME, an operator and a value without blanks between them, as in
 * VERSION_ID>=12. conf_next_version(): an operator and a version, which in the first word may stand
 * apart, or a pattern (ORDER_NONE).
 */
int conf_next_assertion(struct conf_comparisons *comparisons);
int conf_next_version(struct conf_comparisons *comparisons);
