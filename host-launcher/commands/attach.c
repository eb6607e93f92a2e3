/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/attach.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/report/report.h"
#include "host-launcher/report/report_files.h"
#include "host-launcher/run/follow.h"
#include "host-launcher/run/run.h"
#include "host-launcher/run/runs.h"
#include "host-launcher/state/scratch.h"

static int write_reports(const struct run_request *request, const struct run_report *report)
{
	const struct record *record = request->record;
	const struct report_data data = {
		.run = record->run,
		.account = request->account,
		.source = record->source,
		.facts = &record->environment,
		.engine_url = engine_url(request->engine),
		.engine = engine_facts(request->engine),
		.image = record->image,
		.plan = request->plan,
		.report = report,
	};
	account_end(request->account);
	return report_files_write(request->options, &data, request->results);
}

/* What the build was told of its end. One that has ended is not late any more. */
static void take_options(
	struct engine *engine, const struct record *record, struct options *options)
{
	options->on_failure = record->on_failure ? record->on_failure : options->on_failure;
	options->stop_timeout_ms = record->stop_timeout_ms;
	options->build_timeout_ms = record->build_timeout_ms;
	options->keep = record->keep;
	if (options->build_timeout_ms && container_has_ended(engine, record->container)) {
		options->build_timeout_ms = 0;
	}
}

/* With what the record of the run has of options, plan and results. */
static int go_on(struct engine *engine, const struct options *given, const struct record *record,
	struct failure *failure)
{
	struct results results;
	if (!record->artifacts || !record->container) {
		return failure_set(failure, EXIT_WRITE,
			"the record of run %s does not say where its results go: berth rm %s",
			record->run, record->run);
	}
	if (results_init(record->artifacts, &results, failure) < 0) {
		return -1;
	}
	struct options options = *given;
	take_options(engine, record, &options);
	struct plan plan = {
		.container = record->container,
		.work_volume = record->work_volume,
		.env = record->environment,
	};
	struct account account = { 0 };
	const struct build_event event = {
		.run = record->run,
		.commit = record->commit,
		.ref = record->ref,
		.source = record->source,
		.image = record->image,
	};
	account_resume(&account, record->started_s);
	struct run_request request = {
		.engine = engine,
		.options = &options,
		.plan = &plan,
		.results = &results,
		.run = record->run,
		.record = record,
		.account = &account,
		.measure = report_files_wanted(given),
		.event = &event,
		.joining = true,
	};
	struct run_report report;
	int rc = run_build(&request, &report, failure);
	if (rc == 0) {
		report_show(&options, &plan, &report);
		rc = report.outcome.code;
		bool ended = !report.detached || rc != 0;
		if (ended && write_reports(&request, &report) < 0 && rc == 0) {
			rc = EXIT_WRITE;
		}
		if (!report.kept && record->scratch) {
			scratch_remove(alloc_copy(record->scratch));
		}
		run_report_finish(&report);
	} else {
		results_leave(&results);
	}
	account_finish(&account);
	results_finish(&results);
	return rc;
}

static int watch(struct engine *engine, const struct options *options,
	const struct run_entry *entry, struct failure *failure)
{
	message_note("another berth is at run %s: only its log is shown", entry->run);
	if (report_files_wanted(options)) {
		message_warn("whoever is at a run writes its reports: here are none");
	}
	return follow_to_end(engine, entry->id, failure);
}

static int take(struct engine *engine, const struct options *options, const struct run_entry *entry,
	struct failure *failure)
{
	static char running[] = RECORD_RUNNING;
	struct record record = entry->record;
	autofree char *self = owner_self();
	if (!record_take_over(entry->run, self)) {
		return watch(engine, options, entry, failure);
	}
	record.owner = self;
	record.state = running;
	message_note("going on with run %s: %s at %.12s", entry->run, entry->ref, entry->commit);
	int rc = go_on(engine, options, &record, failure);
	if (rc < 0) {
		/* What was left on purpose is no prey of gc. */
		(void)record_set_state(entry->run, entry->record.state);
	}
	return rc;
}

static int attach(struct engine *engine, const struct options *options, struct failure *failure)
{
	struct run_entry_list list;
	if (runs_collect(engine, &list, failure) < 0) {
		return -1;
	}
	const struct run_entry *entry =
		runs_find(&list, options->words.count ? options->words.items[0] : NULL, failure);
	int rc = -1;
	if (!entry) {
		rc = -1;
	} else if (!entry->id) {
		failure_fill(failure, EXIT_USAGE, "the container of run %s is gone: berth rm %s",
			entry->run, entry->run);
	} else if (entry->recorded && strcmp(entry->record.state, RECORD_KEPT) == 0) {
		failure_fill(failure, EXIT_USAGE,
			"run %s ended and its results were fetched: berth logs %s, berth shell %s",
			entry->run, entry->run, entry->run);
	} else if (entry->owner != OWNER_ALIVE && strcmp(entry->state, "created") == 0) {
		failure_fill(failure, EXIT_USAGE,
			"run %s was not started: unless somebody is just about to, berth rm %s",
			entry->run, entry->run);
	} else if (entry->owner == OWNER_ALIVE || !entry->recorded) {
		rc = watch(engine, options, entry, failure);
	} else {
		rc = take(engine, options, entry, failure);
	}
	run_entry_list_finish(&list);
	return rc;
}

int attach_command(const struct options *options, struct failure *failure)
{
	struct engine *engine;
	if (report_files_check(options, failure) < 0 ||
		engine_open(options->engine, &engine, failure) < 0) {
		return -1;
	}
	int rc = engine_learn(engine, failure);
	if (rc == 0) {
		rc = attach(engine, options, failure);
	}
	engine_close(engine);
	return rc;
}
