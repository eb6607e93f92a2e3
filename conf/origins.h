/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Where each value of a configuration came from, for `check` and `show`. PID 1 does without: its
 * sets have none. Zero-initialise; put into `conf_set.origins` before loading.
 */

#include "conf/directives.h"

struct conf_origin {
	const struct service_config *service; /* NULL: of [init] */
	const struct directive *directive;
	struct conf_place place; /* its file is owned by the set */
	bool empty;              /* the value: what was there before is taken back */
	bool imported;
};

struct conf_origins {
	struct conf_origin *items; /* in the order of reading */
	uint32_t *order;           /* of them by service, directive and reading, once checked */
	size_t count;
};

/* Notes one value. Returns 0 or -ENOMEM. */
int conf_origins_add(struct conf_origins *origins, const struct directive_context *context,
	const struct directive *directive, const char *value);

/* Adds a warning for each value of our own INI that takes the place of an earlier one of the same
 * file: lists append, the rest is likely to be a slip. Without memory there are none. */
void conf_origins_check(struct conf_origins *origins, struct conf_problems *problems);

/* The origins of one value, after conf_origins_check(): how many count, 0 if it is the default, and
 * where in `order` they begin. */
size_t conf_origins_find(const struct conf_origins *origins, const struct service_config *service,
	const struct directive *directive, size_t *ret_first);

/* The one at this place in `order`. */
const struct conf_origin *conf_origins_at(const struct conf_origins *origins, size_t position);

void conf_origins_finish(struct conf_origins *origins);
