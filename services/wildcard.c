/* SPDX-License-Identifier: MIT */
#include "services/wildcard.h"

#include <stddef.h>

/* The set behind `[`: whether it has `c`; `*ret_end` is behind its `]`. One that is not closed is
 * no set, and the `[` stands for itself. */
static bool is_in_set(const char *set, char c, const char **ret_end)
{
	bool negated = *set == '!' || *set == '^';
	const char *at = set + negated;
	bool found = false;

	/* A `]` that comes first is one of the set. */
	do {
		char low = *at;
		bool range = low && at[1] == '-' && at[2] && at[2] != ']';
		char high = low;

		if (!low) {
			*ret_end = set;
			return c == '[';
		}
		if (range) {
			high = at[2];
		}
		found = found || (c >= low && c <= high);
		at += range ? 3 : 1;
	} while (*at != ']');
	*ret_end = at + 1;
	return c && found != negated;
}

/* One character against what stands first in the pattern, which is no star. */
static bool matches_one(const char **pattern, char c)
{
	const char *at = *pattern;

	switch (*at) {
	case '?':
		*pattern = at + 1;
		return c != '\0';
	case '[':
		return is_in_set(at + 1, c, pattern);
	case '\\':
		at += at[1] != '\0';
		break;
	default:
		break;
	}
	*pattern = at + 1;
	return c == *at;
}

/* Only the last star has to be tried again: what the ones before it took can stay. */
bool wildcard_matches(const char *pattern, const char *text)
{
	const char *star = NULL;
	const char *starred = NULL;

	while (*text || *pattern) {
		if (*pattern == '*') {
			star = ++pattern;
			starred = text;
			continue;
		}
		if (*pattern && *text && matches_one(&pattern, *text)) {
			text++;
			continue;
		}
		if (!star || !*starred) {
			return false;
		}
		pattern = star;
		text = ++starred;
	}
	return true;
}
