/* SPDX-License-Identifier: MIT */
/* Targets are no services: they hand on the order between those before and those after them. */
#include "conf/targets.h"

#include <errno.h>
#include <string.h>

#include "conf/set.h"
#include "conf/unit_name.h"

static bool names_target(
	const struct conf_set *set, const struct dependency *d, enum dependency_kind kind)
{
	return d->kind == kind && unit_name_type(d->name) == UNIT_TARGET &&
	       conf_set_find(set, d->name) < 0;
}

/* What comes after the target comes after this service, which says that it is before it. */
static int order_after(struct conf_set *set, struct service_config *later,
	const struct dependency *after, const struct service_config *earlier)
{
	for (const struct dependency *d = earlier->dependencies; d; d = d->next) {
		if (d->kind != DEPENDENCY_BEFORE || strcmp(d->name, after->name) != 0) {
			continue;
		}
		struct dependency *added = conf_arena_alloc(&set->arena, sizeof(*added));

		if (!added) {
			return -ENOMEM;
		}
		*added = *after;
		added->name = earlier->name;
		added->next = later->dependencies;
		later->dependencies = added;
		return 0;
	}
	return 0;
}

static int order_after_all(
	struct conf_set *set, struct service_config *later, const struct dependency *after)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < set->count; i++) {
		if (set->services[i] != later) {
			r = order_after(set, later, after, set->services[i]);
		}
	}
	return r;
}

int targets_hand_on(struct conf_set *set)
{
	int r = 0;

	for (size_t i = 0; i < set->count; i++) {
		struct service_config *service = set->services[i];

		for (const struct dependency *d = service->dependencies; r == 0 && d; d = d->next) {
			if (names_target(set, d, DEPENDENCY_AFTER)) {
				r = order_after_all(set, service, d);
			}
		}
	}
	return r;
}
