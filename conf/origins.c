/* SPDX-License-Identifier: MIT */
#include "conf/origins.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int conf_origins_add(struct conf_origins *origins, const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	/* Room for the next power of two. */
	if ((origins->count & (origins->count - 1)) == 0) {
		size_t capacity = origins->count ? origins->count * 2 : 64;
		struct conf_origin *items = reallocarray(origins->items, capacity, sizeof(*items));

		if (!items) {
			return -ENOMEM;
		}
		origins->items = items;
	}
	origins->items[origins->count++] = (struct conf_origin) {
		.service = context->service,
		.directive = directive,
		.place = context->place,
		.empty = *value == '\0',
		.imported = context->imported,
	};
	return 0;
}

static int compare_pointers(const void *a, const void *b)
{
	uintptr_t left = (uintptr_t)a;
	uintptr_t right = (uintptr_t)b;

	return left < right ? -1 : left > right;
}

static int compare_keys(const struct conf_origin *a, const struct conf_origin *b)
{
	int order = compare_pointers(a->service, b->service);

	return order ? order : compare_pointers(a->directive, b->directive);
}

const struct conf_origin *conf_origins_at(const struct conf_origins *origins, size_t position)
{
	return &origins->items[origins->order[position]];
}

/* qsort() need not keep the order of reading: merging does. */
static void merge_sort(
	const struct conf_origin *items, uint32_t *order, uint32_t *spare, size_t count)
{
	size_t half = count / 2;
	size_t left = 0;
	size_t right = half;

	if (count < 2) {
		return;
	}
	merge_sort(items, order, spare, half);
	merge_sort(items, order + half, spare, count - half);
	/* Of two services it often is so. */
	if (compare_keys(&items[order[half - 1]], &items[order[half]]) <= 0) {
		return;
	}
	for (size_t i = 0; i < count; i++) {
		bool from_left =
			right == count || (left < half && compare_keys(&items[order[left]],
								  &items[order[right]]) <= 0);

		spare[i] = from_left ? order[left++] : order[right++];
	}
	memcpy(order, spare, count * sizeof(*order));
}

static int sort(struct conf_origins *origins)
{
	uint32_t *order = reallocarray(NULL, origins->count + 1, 2 * sizeof(*order));

	if (!order) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < origins->count; i++) {
		order[i] = (uint32_t)i;
	}
	merge_sort(origins->items, order, order + origins->count, origins->count);
	free(origins->order);
	origins->order = order;
	return 0;
}

static bool is_replaced(const struct conf_origin *first, const struct conf_origin *second)
{
	return !first->imported && !second->imported && !first->empty && !second->empty &&
	       compare_keys(first, second) == 0 && !directive_is_list(first->directive) &&
	       strcmp(first->place.file, second->place.file) == 0;
}

void conf_origins_check(struct conf_origins *origins, struct conf_problems *problems)
{
	if (sort(origins) < 0) {
		origins->count = 0;
	}
	for (size_t i = 1; i < origins->count; i++) {
		const struct conf_origin *first = conf_origins_at(origins, i - 1);
		const struct conf_origin *second = conf_origins_at(origins, i);

		if (is_replaced(first, second)) {
			conf_problems_add(problems, CONF_WARNING, &second->place,
				"%s= takes the place of the one in line %u",
				second->directive->name, first->place.line);
		}
	}
}

static size_t lower_bound(const struct conf_origins *origins, const struct conf_origin *key)
{
	size_t low = 0;
	size_t high = origins->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (compare_keys(conf_origins_at(origins, middle), key) < 0) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

size_t conf_origins_find(const struct conf_origins *origins, const struct service_config *service,
	const struct directive *directive, size_t *ret_first)
{
	const struct conf_origin key = { .service = service, .directive = directive };
	size_t first = lower_bound(origins, &key);
	size_t end = first;

	for (; end < origins->count; end++) {
		const struct conf_origin *origin = conf_origins_at(origins, end);

		if (compare_keys(origin, &key) != 0) {
			break;
		}
		/* What was taken back, or replaced, is no origin. */
		if (origin->empty) {
			first = end + 1;
		} else if (!directive_is_list(directive)) {
			first = end;
		}
	}
	*ret_first = first;
	return end - first;
}

void conf_origins_finish(struct conf_origins *origins)
{
	free(origins->items);
	free(origins->order);
	*origins = (struct conf_origins) { 0 };
}
