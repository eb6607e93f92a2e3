/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One build in one container, from create to remove. Whatever happens, nothing is left behind
 * unless it was asked for (--on-failure keep, a third signal) or the engine is gone.
 */

#include "host-launcher/engine.h"
#include "host-launcher/outcome.h"
#include "host-launcher/plan.h"
#include "host-launcher/results.h"
#include "host-launcher/tail.h"

struct run_request {
	struct engine *engine;
	const struct options *options;
	const struct plan *plan;
	const struct asset_list *assets;
	const struct gitinfo *git;
	const struct source *source;
	struct results *results;
	const char *run;
};

struct run_report {
	struct outcome outcome;
	char *where;  /* the folder of the results; NULL: none could be written */
	size_t files; /* results of the build in it */
	bool kept;    /* the container is still there */
	int64_t duration_ms;
	struct tail tail;
};

/* Returns 0 when the container was started, whatever came of it; the caller finishes the report.
 * -1 when it never ran. */
int run_build(
	const struct run_request *request, struct run_report *ret_report, struct failure *failure);

void run_report_finish(struct run_report *report);
