/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <string.h>

#include "conf/value.h"

#define LENGTH_MAX 64

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance without regard to case, one row at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LENGTH_MAX + 1];
	size_t length = strlen(b);

	for (size_t j = 0; j <= length; j++) {
		row[j] = j;
	}
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			bool same = tolower((unsigned char)a[i - 1]) ==
				    tolower((unsigned char)b[j - 1]);
			size_t cost = diagonal + (same ? 0 : 1);

			diagonal = row[j];
			row[j] = smallest(row[j] + 1, row[j - 1] + 1, cost);
		}
	}
	return row[length];
}

const char *conf_nearest_name(const char *name, const char *const *names, size_t count)
{
	const char *best = NULL;
	size_t best_distance = strlen(name) / 3 + 1;

	if (strlen(name) > LENGTH_MAX) {
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		if (strlen(names[i]) > LENGTH_MAX) {
			continue;
		}
		size_t d = distance(name, names[i]);

		if (d <= best_distance && (!best || d < best_distance)) {
			best = names[i];
			best_distance = d;
		}
	}
	return best;
}
