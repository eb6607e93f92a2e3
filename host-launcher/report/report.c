/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report.h"

#include <stdio.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/report_text.h"

static void show_line(const char *line, void *user)
{
	(void)user;
	message_note("  | %s", line);
}

static void show_tail(const struct tail *tail)
{
	if (!tail_is_empty(tail)) {
		message_note("the log's last lines:");
		tail_for_each(tail, show_line, NULL);
	}
}

static void show_failure(const struct plan *plan, const struct run_report *report)
{
	/* Who stopped the build has seen its log. */
	if (report->outcome.code < EXIT_SIGNAL_BASE || report->outcome.from_build) {
		show_tail(&report->tail);
	}
	if (report->where) {
		message_note("whole log: %s/" RESULTS_LOG, report->where);
	}
	if (report->kept && report->unwritten) {
		message_note("the container is kept, with its results: berth attach %s fetches "
			     "them once that can be done, berth rm %s removes it",
			report->run, report->run);
	} else if (report->kept) {
		message_note(report->detached
				     ? "the container is left to itself; berth attach %s goes on "
				       "with it, berth rm --force %s removes it"
				     : "the container is kept; look into it with berth shell %s, "
				       "remove it with berth rm %s",
			report->run, report->run);
	} else if (report->unwritten) {
		message_note("with --on-failure keep, berth attach can fetch such results later");
	} else if (report->outcome.from_build) {
		message_note("to look into the failed container: berth build --on-failure keep");
	}
	struct failure failure;
	failure_fill(&failure, report->outcome.code, "%s", report->outcome.cause);
	message_failure(&failure);
}

static void show_json(const struct plan *plan, const struct run_report *report)
{
	json_auto_t *object = json_pack("{s:i, s:s, s:o, s:s, s:b, s:o, s:I, s:I}", "exit_code",
		report->outcome.code, "exit_origin", report->outcome.from_build ? "build" : "berth",
		"cause", report_text_to_json(report->outcome.cause), "container", plan->container,
		"container_kept", report->kept, "artifacts", report_text_to_json(report->where),
		"artifact_count", (json_int_t)report->files, "duration_ms",
		(json_int_t)report->duration_ms);
	json_dumpf(object, stdout, JSON_INDENT(2));
	putchar('\n');
}

void report_show_unbegun(const struct options *options, const struct failure *failure)
{
	if (options->json) {
		json_auto_t *object = json_pack("{s:i, s:s, s:o}", "exit_code", failure->code,
			"exit_origin", "berth", "cause", report_text_to_json(failure->text));
		json_dumpf(object, stdout, JSON_INDENT(2));
		putchar('\n');
	}
}

/* For scripts: the name of the run, alone. */
static void show_detached(const struct options *options, const struct run_report *report)
{
	message_note("the build goes on without us: berth attach %s gets its results", report->run);
	printf(options->json ? "{\"run\": \"%s\"}\n" : "%s\n", report->run);
}

void report_show(
	const struct options *options, const struct plan *plan, const struct run_report *report)
{
	if (report->detached && report->outcome.code == 0) {
		show_detached(options, report);
		return;
	}
	if (report->outcome.code == 0) {
		message_note("done in %lld s: %zu files in %s",
			(long long)(report->duration_ms / 1000), report->files, report->where);
	} else {
		show_failure(plan, report);
	}
	if (options->json) {
		show_json(plan, report);
	}
}
