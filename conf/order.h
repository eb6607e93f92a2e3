/* SPDX-License-Identifier: MIT */
#pragma once

/* Comparisons in the values of conditions: `>=4`, and versions as the Version Format Specification
 * of the UAPI group orders them. Pure. */

#include <stdbool.h>

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
