/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All that is known of a build at its end as one JSON object, which is the report itself
 * (doc/report.schema.json) and what the other forms of the report are made of. Pure.
 */

#include <jansson.h>

#include "host-launcher/base/env_list.h"
#include "host-launcher/engine/engine.h"
#include "host-launcher/progress/account.h"
#include "host-launcher/run/run.h"

/* What was not reached is NULL. */
struct report_data {
	const char *run;
	const struct account *account;
	const char *source;           /* the tree */
	const struct env_list *facts; /* what git says of it; other variables there do not count */
	const char *engine_url;
	const struct engine_facts *engine;
	const char *image;
	const char *image_id;
	const char *mismatch;
	const struct plan *plan;
	const struct run_report *report; /* NULL: the container never ran, `failure` tells why */
	const struct failure *failure;
};

/* Owned by the caller. */
json_t *report_data_make(const struct report_data *data);
