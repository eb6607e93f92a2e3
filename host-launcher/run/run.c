/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/run.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/service.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/base/terminal.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/log/output.h"
#include "host-launcher/results/fetch.h"
#include "host-launcher/run/downfall.h"
#include "host-launcher/run/run_prepare.h"
#include "host-launcher/run/session.h"
#include "host-launcher/run/shell.h"
#include "host-launcher/state/scratch.h"

enum {
	SIGNALS_TO_LEAVE = 3,
};

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
	bool clean;     /* container and volume are gone */
};

/* A signal that came before the container ran. */
static int check_signal(struct run *run, struct failure *failure)
{
	int signal = signals_read(run->signal_fd);
	if (!signal) {
		return 0;
	}
	run->facts.signal = signal;
	return failure_set(failure, EXIT_SIGNAL_BASE + signal,
		"stopped by signal %s before the build began", sigabbrev_np(signal));
}

static int prepare(struct run *run, struct failure *failure)
{
	if (run_create(run->request, &run->id, failure) < 0 ||
		run_send_source(run->request, run->id, failure) < 0 ||
		run_lock_cache(run->request, run->id, run->signal_fd, failure) < 0) {
		return -1;
	}
	return check_signal(run, failure);
}

/* The run of another berth is gone on with: its container is there, or was. */
static int take_over(struct run *run)
{
	run->id = alloc_copy(run->request->plan->container);
	return 0;
}

static int live(struct run *run, struct failure *failure)
{
	const struct options *options = run->request->options;
	enum progress_mode mode = telling_mode(options);
	struct session_request session = {
		.engine = run->request->engine,
		.id = run->id,
		.joining = run->request->joining,
		.account = run->request->account,
		.measure = run->request->measure || mode != PROGRESS_NONE,
		.progress = mode,
		.heartbeat_ms = options->heartbeat_ms,
		.event = run->request->event,
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

static void take_end(struct run *run, const struct container_end *end)
{
	run->facts.oom_killed = end->oom_killed;
	if (run->request->joining && end->finished_ms) {
		account_end_build(run->request->account, end->finished_ms / 1000);
	}
	if (end->error) {
		message_warn("the engine says of the container: %s", end->error);
	}
}

/* What its engine says of a container that ended, unless that engine took it along as it went. */
static void look_back(struct run *run)
{
	struct engine *engine = run->request->engine;
	bool ours = run->facts.signal || run->facts.timed_out;
	struct failure failure;
	struct container_end end = { 0 };
	int rc = container_inspect(engine, run->id, &end, &failure);
	if (!ours && downfall_of_engine(engine, run->id, end.finished_ms)) {
		run->facts.ended = false;
	} else if (rc < 0) {
		message_failure(&failure);
	} else {
		take_end(run, &end);
	}
	free(end.error);
}

/* Where the engine saw no want of memory, berth-init may have. Without its word the build's own
 * code is as good as any; -1 only for a signal. */
static int ask_init(struct run *run, const struct fetch_request *fetch, struct failure *failure)
{
	struct outcome_facts *facts = &run->facts;
	if (facts->exit_code == 0 || facts->oom_killed) {
		return 0;
	}
	int rc = fetch_is_oom(fetch, &facts->oom_killed, failure);
	return rc < 0 && failure->code > EXIT_SIGNAL_BASE ? -1 : 0;
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
	int rc = ask_init(run, &fetch, &failure);
	if (rc == 0) {
		rc = fetch_results(&fetch, &run->unpacked, &failure);
	}
	run->facts.results = run->unpacked.files;
	run->facts.results_looked_for = rc == 0;
	for (size_t i = 0; i < run->unpacked.skipped.count; i++) {
		message_warn("left out of the results: %s", run->unpacked.skipped.items[i]);
	}
	if (rc < 0) {
		message_failure(&failure);
		run->fetch_code = failure.code;
		run->report->unwritten =
			failure.code == EXIT_WRITE || failure.code == EXIT_ENGINE_LOST;
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
		message_warn(RESULTS_LOG " of %s is not whole: %s", run->request->results->path,
			strerror(run->output.log_error));
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
	int rc = results_add(run->request->results, RESULTS_INFO, lines, &failure);
	if (rc < 0) {
		message_failure(&failure);
		demote(&report->outcome, failure.code, "the results could not be written");
	}
	/* What could be written is of use nevertheless. */
	rc = results_publish(run->request->results, &run->unpacked, report->outcome.code == 0,
		&report->where, &failure);
	if (rc < 0) {
		message_failure(&failure);
		report->unwritten |= failure.code == EXIT_WRITE;
		demote(&report->outcome, failure.code, "the results could not be written");
	}
	report->files = run->unpacked.files;
}

/* By name: an engine whose answer was lost may have created them nevertheless. */
static int remove_all(struct run *run, struct failure *failure)
{
	struct engine *engine = run->request->engine;
	const struct plan *plan = run->request->plan;
	int rc = container_remove(engine, plan->container, failure);
	return rc == 0 && plan->work_volume
		       ? container_remove_volume(engine, plan->work_volume, failure)
		       : rc;
}

/* Those that came so far. */
static int count_signals(const struct run *run)
{
	bool before = run->facts.signal && !run->stopper.signals;
	bool after = run->fetch_code > EXIT_SIGNAL_BASE;
	return run->stopper.signals + before + after;
}

/* Container and work volume, unless they are to stay. Who cannot wait for that leaves them behind
 * by the third signal of all. */
static void clean_up(struct run *run, bool keep)
{
	const char *container = run->request->plan->container;
	int signals = count_signals(run);
	struct failure failure;
	int rc = keep ? 0 : remove_all(run, &failure);
	while (rc < 0 && signals_read(run->signal_fd) && ++signals < SIGNALS_TO_LEAVE) {
		message_note("removing the container, another signal %s",
			signals + 1 < SIGNALS_TO_LEAVE ? "does not help" : "leaves it behind");
		rc = remove_all(run, &failure);
	}
	run->clean = rc == 0 && !keep;
	if (rc < 0) {
		message_failure(&failure);
		message_warn("container %s may be left: berth gc, or docker rm -fv %s", container,
			container);
	}
}

static bool has_failed(const struct run *run)
{
	const struct outcome_facts *facts = &run->facts;
	return run->report->outcome.code != 0 && facts->ended && !facts->signal;
}

/* Where nobody can use a shell, what it would be for is kept. */
static bool is_kept(const struct run *run)
{
	const char *on_failure = run->request->options->on_failure;
	bool wanted = strcmp(on_failure, "keep") == 0 ||
		      (strcmp(on_failure, "shell") == 0 && !terminal_is_there());
	bool keep = run->facts.ended && run->request->options->keep;
	return run->facts.detached || keep || (has_failed(run) && wanted);
}

static void offer_shell(struct run *run)
{
	struct string_list usual = { 0 };
	struct failure failure;
	if (!has_failed(run) || strcmp(run->request->options->on_failure, "shell") != 0 ||
		!terminal_is_there()) {
		return;
	}
	message_note("%s; a shell in what it left, exit removes it", run->report->outcome.cause);
	if (shell_after(run->request->engine, run->request->run, run->id, &usual, &failure) < 0) {
		message_failure(&failure);
	}
}

static int start_detached(struct run *run, struct failure *failure)
{
	if (container_start(run->request->engine, run->id, failure) < 0) {
		return -1;
	}
	run->report->kept = true;
	run->report->detached = true;
	run->report->outcome = (struct outcome) { 0 };
	service_ready("the build goes on without berth");
	journal_begun(run->request->event);
	results_leave(run->request->results);
	return 0;
}

/* What is known of the end of a container becomes the end of the run. */
static void conclude(struct run *run)
{
	struct run_report *report = run->report;
	if (run->facts.ended) {
		look_back(run);
	}
	if (run->facts.ended && !run->facts.signal) {
		service_status("fetching the results (run %s)", run->request->run);
		gather(run);
	}
	outcome_decide(&run->facts, &report->outcome);
	if (run->fetch_code) {
		demote(&report->outcome, run->fetch_code, "the results could not be fetched");
	}
	publish(run);
	report->kept = is_kept(run);
	report->detached = run->facts.detached;
	report->tail = run->output.tail;
}

static int run_in(struct run *run, struct failure *failure)
{
	const struct run_request *request = run->request;
	bool detach = request->options->detach && !request->joining;
	int rc = request->joining ? take_over(run) : prepare(run, failure);
	if (rc == 0) {
		rc = detach ? start_detached(run, failure) : live(run, failure);
	}
	if (rc < 0) {
		/* A request that a signal broke off has that for a reason. */
		(void)check_signal(run, failure);
		/* Whoever could not join somebody's run does not end it. */
		clean_up(run, request->joining);
		return -1;
	}
	if (!detach) {
		conclude(run);
		offer_shell(run);
		clean_up(run, run->report->kept);
	}
	return 0;
}

/* Others can find the run by its record from before there is anything of it until nothing is left.
 */
static void remember(const struct run_request *request)
{
	int rc = request->record ? record_write(request->record) : 0;
	if (rc < 0) {
		autofree char *folder = record_folder();
		message_warn("cannot keep a record of this run in %s: %s", folder, strerror(-rc));
	} else if (request->record && request->record->scratch) {
		scratch_hand_over(request->record->scratch);
	}
}

static void forget(const struct run *run, int rc)
{
	const struct run_request *request = run->request;
	const struct run_report *report = run->report;
	if (!request->record) {
		return;
	}
	if (rc == 0 && report->kept) {
		bool ready = !report->detached && !report->unwritten;
		(void)record_set_state(request->run, ready ? RECORD_KEPT : RECORD_DETACHED);
	} else if (run->clean) {
		record_remove(request->run);
	}
}

static int begin_results(
	const struct run_request *request, int *ret_log_fd, struct failure *failure)
{
	return request->joining
		       ? results_resume(request->results, request->run, ret_log_fd, failure)
		       : results_begin(request->results, request->run, ret_log_fd, failure);
}

/* A build that was left to itself has not ended. */
static void tell_end(const struct run *run, int rc, const struct failure *failure)
{
	const struct run_report *report = run->report;
	const struct outcome *outcome = &report->outcome;
	const struct journal_end end = {
		.code = rc < 0 ? failure->code : outcome->code,
		.from_build = rc == 0 && outcome->from_build,
		.cause = rc < 0 ? failure->text : outcome->cause,
		.duration_ms = report->duration_ms,
	};
	if (rc == 0 && report->detached) {
		return;
	}
	journal_ended(run->request->event, &end);
	service_stopping(end.code ? end.cause : "built", 0);
}

int run_build(
	const struct run_request *request, struct run_report *ret_report, struct failure *failure)
{
	struct run run = { .request = request, .report = ret_report, .signal_fd = -1 };
	*ret_report = (struct run_report) { .run = request->run };
	int log_fd;
	int rc = signals_open(&run.signal_fd);
	if (rc < 0) {
		return failure_set(
			failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc));
	}
	int64_t start_ms = clock_now_ms();
	rc = begin_results(request, &log_fd, failure);
	if (rc == 0) {
		remember(request);
		output_init(&run.output, request->options->json ? STDERR_FILENO : STDOUT_FILENO,
			log_fd);
		run.output.phases = &request->account->phases;
		engine_set_interrupt(request->engine, run.signal_fd);
		rc = run_in(&run, failure);
		engine_set_interrupt(request->engine, -1);
		output_finish(&run.output);
		forget(&run, rc);
	}
	ret_report->duration_ms = clock_now_ms() - start_ms;
	tell_end(&run, rc, failure);
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
