/* SPDX-License-Identifier: MIT */
#include "host-launcher/run.h"

#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/alloc.h"
#include "host-launcher/bundle.h"
#include "host-launcher/cache_lock.h"
#include "host-launcher/clock.h"
#include "host-launcher/container.h"
#include "host-launcher/fetch.h"
#include "host-launcher/message.h"
#include "host-launcher/output.h"
#include "host-launcher/session.h"
#include "host-launcher/signals.h"
#include "host-launcher/source_upload.h"

struct run {
	const struct run_request *request;
	struct run_report *report;
	char *id;
	int signal_fd;
	struct output output;
	struct stopper stopper;
	struct outcome_facts facts;
	struct unpack_result unpacked;
	int fetch_code; /* why the results could not be fetched, or 0 */
};

static int upload(struct run *run, struct failure *failure)
{
	const struct run_request *request = run->request;
	struct buffer archive = { 0 };
	autofree char *tags = gitinfo_tags(request->git);
	struct bundle_request bundle = {
		.assets = request->assets,
		.git_tags = tags,
		.git_log = request->git->log,
		.env = &request->plan->env,
		.init_extra = request->plan->init_extra,
		.epoch_s = request->git->source_date_epoch_s,
	};
	int rc = bundle_make(&bundle, &archive, failure);
	if (rc == 0) {
		rc = container_upload(
			request->engine, run->id, archive.data, archive.length, failure);
	}
	buffer_finish(&archive);
	return rc;
}

static int send_source(struct run *run, struct failure *failure)
{
	const struct run_request *request = run->request;
	return request->source->upload ? source_upload(request->engine, run->id, request->source,
						 request->git->source_date_epoch_s, failure)
				       : 0;
}

static int look_for_holder(
	struct run *run, enum cache_lock_verdict *ret_verdict, struct failure *failure)
{
	const char *volume = run->request->plan->cache_volume;
	autofree char *label = alloc_printf("%s=%s", PLAN_LABEL_CACHE, volume);
	json_t *list;
	if (container_list(run->request->engine, label, &list, failure) < 0) {
		return -1;
	}
	const char *holder = NULL;
	*ret_verdict = cache_lock_judge(list, run->id, &holder);
	if (*ret_verdict != CACHE_LOCK_OURS) {
		failure_fill(failure, EXIT_BUSY,
			"the package cache %s is in use by another build (container %.12s): wait "
			"for "
			"it, or build with --cache OTHER or --cache none",
			volume, holder);
	}
	json_decref(list);
	return 0;
}

static int lock_cache(struct run *run, struct failure *failure)
{
	enum cache_lock_verdict verdict = CACHE_LOCK_OURS;
	int64_t deadline_ms = clock_now_ms() + CACHE_LOCK_WAIT_MS;
	struct pollfd signals = { .fd = run->signal_fd, .events = POLLIN };
	if (!run->request->plan->cache_volume) {
		return 0;
	}
	do {
		if (look_for_holder(run, &verdict, failure) < 0) {
			return -1;
		}
	} while (verdict == CACHE_LOCK_WAIT && clock_now_ms() < deadline_ms &&
		 poll(&signals, 1, CACHE_LOCK_POLL_MS) == 0);
	return verdict == CACHE_LOCK_OURS ? 0 : -1;
}

/* A signal that came before the container ran. */
static int check_signal(struct run *run, struct failure *failure)
{
	int signal = signals_read(run->signal_fd);
	if (!signal) {
		return 0;
	}
	return failure_set(failure, EXIT_SIGNAL_BASE + signal,
		"stopped by signal %s before the build began", sigabbrev_np(signal));
}

static int prepare(struct run *run, struct failure *failure)
{
	const struct plan *plan = run->request->plan;
	if (container_create(
		    run->request->engine, plan->container, plan->create, &run->id, failure) < 0) {
		return -1;
	}
	message_detail("created container %s (%.12s)", plan->container, run->id);
	if (upload(run, failure) < 0 || send_source(run, failure) < 0 ||
		lock_cache(run, failure) < 0) {
		return -1;
	}
	return check_signal(run, failure);
}

static int live(struct run *run, struct failure *failure)
{
	const struct options *options = run->request->options;
	struct session_request session = {
		.engine = run->request->engine,
		.id = run->id,
		.output = &run->output,
		.stopper = &run->stopper,
		.signal_fd = run->signal_fd,
		.build_timeout_ms = options->build_timeout_ms,
		.stop_timeout_ms = options->stop_timeout_ms,
	};
	struct session_end end;
	if (session_run(&session, &end, failure) < 0) {
		return -1;
	}
	run->facts.ended = end.ended;
	run->facts.exit_code = end.exit_code;
	run->facts.signal = run->stopper.signal;
	run->facts.timed_out = run->stopper.timed_out;
	run->facts.detached = !end.ended && run->stopper.stage == STOPPER_DETACHED;
	return 0;
}

static void look_back(struct run *run)
{
	struct failure failure;
	struct container_end end = { 0 };
	if (container_inspect(run->request->engine, run->id, &end, &failure) < 0) {
		message_failure(&failure);
		return;
	}
	run->facts.oom_killed = end.oom_killed;
	if (end.error) {
		message_warn("the engine says of the container: %s", end.error);
		free(end.error);
	}
}

/* The results of a build that ran to its end, also of one that failed. */
static void gather(struct run *run)
{
	struct failure failure;
	struct fetch_request fetch = {
		.engine = run->request->engine,
		.id = run->id,
		.results = run->request->results,
		.signal_fd = run->signal_fd,
	};
	int rc = fetch_results(&fetch, &run->unpacked, &failure);
	run->facts.results = run->unpacked.files;
	run->facts.results_looked_for = rc == 0;
	for (size_t i = 0; i < run->unpacked.skipped.count; i++) {
		message_warn("left out of the results: %s", run->unpacked.skipped.items[i]);
	}
	if (rc < 0) {
		message_failure(&failure);
		run->fetch_code = failure.code;
	}
}

/* What went wrong on berth's side makes a success a failure, and is silent behind a failure. */
static void demote(struct outcome *outcome, int code, const char *cause)
{
	if (outcome->code == 0) {
		*outcome = (struct outcome) { .code = code };
		strncpy(outcome->cause, cause, sizeof(outcome->cause) - 1);
	}
}

static void publish(struct run *run)
{
	struct run_report *report = run->report;
	struct failure failure;
	output_close_log(&run->output);
	if (run->output.log_error) {
		message_warn("the log file is not whole: %s", strerror(run->output.log_error));
		demote(&report->outcome, EXIT_WRITE, "the log file could not be written");
	}
	if (run->output.stream_error) {
		message_warn("the log could not be passed on whole: %s",
			strerror(run->output.stream_error));
		demote(&report->outcome, EXIT_WRITE, "the log could not be passed on whole");
	}
	json_auto_t *info = json_pack("{s:o, s:{s:i, s:s, s:s}}", "environment",
		env_list_to_json(&run->request->plan->env), "result", "exit_code",
		report->outcome.code, "exit_origin", report->outcome.from_build ? "build" : "berth",
		"cause", report->outcome.cause);
	autofree char *text = json_dumps(info, JSON_INDENT(2));
	autofree char *lines = alloc_printf("%s\n", text ? text : "{}");
	if (results_add(run->request->results, RESULTS_INFO, lines, &failure) < 0 ||
		results_publish(run->request->results, &run->unpacked, report->outcome.code == 0,
			&report->where, &failure) < 0) {
		message_failure(&failure);
		demote(&report->outcome, failure.code, "the results could not be written");
	}
	report->files = run->unpacked.files;
}

/* Container and work volume, unless they are to stay. By name: an engine whose answer was lost may
 * have created them nevertheless. */
static void clean_up(struct run *run, bool keep)
{
	const struct run_request *request = run->request;
	struct failure failure;
	if (keep) {
		return;
	}
	int rc = container_remove(request->engine, request->plan->container, &failure);
	if (rc == 0 && request->plan->work_volume) {
		rc = container_remove_volume(request->engine, request->plan->work_volume, &failure);
	}
	if (rc < 0) {
		message_failure(&failure);
		message_warn("container %s may be left: docker rm -fv %s", request->plan->container,
			request->plan->container);
	}
}

static bool is_kept(const struct run *run)
{
	const struct outcome_facts *facts = &run->facts;
	bool failed = run->report->outcome.code != 0 && facts->ended && !facts->signal;
	return facts->detached || (facts->ended && run->request->options->keep) ||
	       (failed && strcmp(run->request->options->on_failure, "keep") == 0);
}

static int run_in(struct run *run, struct failure *failure)
{
	struct run_report *report = run->report;
	if (prepare(run, failure) < 0 || live(run, failure) < 0) {
		clean_up(run, false);
		return -1;
	}
	if (run->facts.ended) {
		look_back(run);
		if (!run->facts.signal) {
			gather(run);
		}
	}
	outcome_decide(&run->facts, &report->outcome);
	if (run->fetch_code) {
		demote(&report->outcome, run->fetch_code, "the results could not be fetched");
	}
	publish(run);
	report->kept = is_kept(run);
	clean_up(run, report->kept);
	report->tail = run->output.tail;
	return 0;
}

int run_build(
	const struct run_request *request, struct run_report *ret_report, struct failure *failure)
{
	struct run run = { .request = request, .report = ret_report, .signal_fd = -1 };
	*ret_report = (struct run_report) { 0 };
	int log_fd;
	int rc = signals_open(&run.signal_fd);
	if (rc < 0) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc));
	}
	int64_t start_ms = clock_now_ms();
	rc = results_begin(request->results, request->run, &log_fd, failure);
	if (rc == 0) {
		output_init(&run.output, request->options->json ? STDERR_FILENO : STDOUT_FILENO,
			log_fd);
		rc = run_in(&run, failure);
		output_finish(&run.output);
	}
	ret_report->duration_ms = clock_now_ms() - start_ms;
	unpack_result_finish(&run.unpacked);
	free(run.id);
	close(run.signal_fd);
	return rc;
}

void run_report_finish(struct run_report *report)
{
	free(report->where);
	*report = (struct run_report) { 0 };
}
