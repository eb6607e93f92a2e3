/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One build in one container, from create to remove. Whatever happens, nothing is left behind
 * unless it was asked for (--on-failure keep, a third signal) or the engine is gone.
 */

#include "host-launcher/engine/engine.h"
#include "host-launcher/log/tail.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/progress/account.h"
#include "host-launcher/progress/journal.h"
#include "host-launcher/results/results.h"
#include "host-launcher/run/outcome.h"
#include "host-launcher/state/record.h"

struct run_request {
	struct engine *engine;
	const struct options *options;
	const struct plan *plan;
	const struct asset_list *assets;
	const struct gitinfo *git;
	const struct source *source;
	struct results *results;
	const char *run;
	const struct record *record; /* to be kept of the run; NULL: none */
	struct account *account;     /* what is measured goes there */
	bool measure;                /* the use of the machine as well */
	const struct build_event *event;
	bool joining; /* the run is another berth's that left it: only its end is still to come */
};

struct run_report {
	const char *run; /* borrowed from the request */
	struct outcome outcome;
	char *where;    /* the folder of the results; NULL: none could be written */
	size_t files;   /* results of the build in it */
	bool kept;      /* the container is still there, */
	bool detached;  /* ... and may go on without us */
	bool unwritten; /* results are left in it: no room for them here, or they did not come */
	int64_t duration_ms;
	struct tail tail;
};

/* Returns 0 when the container was started, whatever came of it; the caller finishes the report.
 * -1 when it never ran. */
int run_build(
	const struct run_request *request, struct run_report *ret_report, struct failure *failure);

void run_report_finish(struct run_report *report);
