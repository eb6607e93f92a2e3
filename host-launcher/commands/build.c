/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/build.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/service.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/git/source.h"
#include "host-launcher/image/image.h"
#include "host-launcher/plan/machine.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/report/report.h"
#include "host-launcher/report/report_files.h"
#include "host-launcher/results/results.h"
#include "host-launcher/run/run.h"
#include "host-launcher/state/owner.h"
#include "host-launcher/state/run_name.h"

enum {
	/* Of uncommitted changes, so many are listed. */
	CHANGES_SHOWN = 10,
};

/* All that a build needs to know; owned. */
struct build {
	const struct options *options;
	struct results results;
	struct string_list written; /* folders of results */
	struct gitinfo git;
	struct source source;
	struct asset_list assets;
	struct engine *engine;
	struct image image;
	struct plan plan;
	char run[RUN_NAME_SIZE];
	struct account account;
	char *owner;
	char *engine_url;
};

static void build_finish(struct build *build)
{
	plan_finish(&build->plan);
	image_finish(&build->image);
	engine_close(build->engine);
	asset_list_finish(&build->assets);
	source_finish(&build->source);
	gitinfo_finish(&build->git);
	string_list_finish(&build->written);
	results_finish(&build->results);
	account_finish(&build->account);
	free(build->owner);
	free(build->engine_url);
}

/* What git does not have is not built: it is refused, or listed and ignored. */
static int judge_changes(const struct gitinfo *git, bool allowed, struct failure *failure)
{
	struct buffer list = { 0 };
	int rc = 0;
	for (size_t i = 0; i < git->changes.count && i < CHANGES_SHOWN; i++) {
		buffer_printf(&list, "\n  %s", git->changes.items[i]);
	}
	if (git->changes.count > CHANGES_SHOWN) {
		buffer_printf(&list, "\n  and %zu more", git->changes.count - CHANGES_SHOWN);
	}
	if (git->changes.count && allowed) {
		text_make_harmless(list.data);
		message_warn("uncommitted changes are ignored:%s", buffer_text(&list));
	} else if (git->changes.count) {
		rc = failure_set(failure, EXIT_GIT,
			"%s has uncommitted changes: commit or stash them, or build without them "
			"with "
			"--allow-dirty (ignorechanges)%s",
			git->source, buffer_text(&list));
	}
	buffer_finish(&list);
	return rc;
}

static int look_at_source(struct build *build, struct failure *failure)
{
	const struct options *options = build->options;
	autofree char *gathering = results_gathering(&build->results);
	results_paths(&build->results, build->run, &build->written);
	struct gitinfo_request request = {
		.source = options->words.count ? options->words.items[0] : ".",
		.base_branch = options->base_branch,
		.ref = options->git_ref,
		.no_merge_base = options->no_merge_base,
		.log_paths = &options->git_log_path,
		.ignored = &build->written,
		.ignored_start = gathering,
	};
	if (gitinfo_collect(&request, &build->git, failure) < 0 ||
		judge_changes(&build->git, options->allow_dirty, failure) < 0) {
		return -1;
	}
	return 0;
}

/* What goes on beside the rest. */
struct meeting {
	struct build *build;
	struct failure failure;
	int rc;
};

static void *meet_engine(void *user)
{
	struct meeting *meeting = user;
	struct build *build = meeting->build;
	meeting->rc = engine_open(build->options->engine, &build->engine, &meeting->failure);
	if (meeting->rc == 0) {
		meeting->rc = engine_learn(build->engine, &meeting->failure);
	}
	return NULL;
}

/* The engine gets to know us while git is asked, for both mostly keep us waiting. */
static int look_around(struct build *build, struct failure *failure)
{
	struct meeting meeting = { .build = build };
	pthread_t thread;
	bool beside = pthread_create(&thread, NULL, meet_engine, &meeting) == 0;
	int rc = look_at_source(build, failure);
	if (rc == 0) {
		rc = asset_find(build->options->init_config, &build->assets, failure);
	}
	if (beside) {
		pthread_join(thread, NULL);
	} else {
		meet_engine(&meeting);
	}
	if (rc == 0 && meeting.rc < 0) {
		*failure = meeting.failure;
		rc = -1;
	}
	return rc;
}

/* What the engine can reach decides how it gets the source. */
static int prepare_source(struct build *build, struct failure *failure)
{
	const struct options *options = build->options;
	bool local = machine_is_local(engine_url(build->engine));
	bool clone = strcmp(options->git_source, "clone") == 0;
	enum source_how how = clone                              ? SOURCE_CLONE
			      : options->source_upload || !local ? SOURCE_UPLOAD
			      : options->source_copy             ? SOURCE_COPY
								 : SOURCE_AS_IS;
	if (clone && (options->source_upload || !local)) {
		return failure_set(failure, EXIT_USAGE,
			"--git-source clone needs an engine on this machine, and no "
			"--source-upload");
	}
	return source_prepare(&build->git, how, &build->source, failure);
}

static int make_plan(struct build *build, struct failure *failure)
{
	struct plan_input input = {
		.options = build->options,
		.git = &build->git,
		.source = &build->source,
		.engine = engine_facts(build->engine),
		.assets = &build->assets,
		.results = &build->written,
		.image = build->image.id,
		.image_reference = build->image.reference,
		.mismatch = build->image.mismatch,
		.snapshots_serials = getenv("APT_SNAPSHOTS_SERIALS"),
		.now_s = time(NULL),
		.memory_free = machine_free_memory(engine_url(build->engine)),
		.run = build->run,
		.owner = build->owner,
	};
	if (plan_make(&input, &build->plan, failure) < 0) {
		return -1;
	}
	for (size_t i = 0; i < build->plan.warnings.count; i++) {
		message_warn("%s", build->plan.warnings.items[i]);
	}
	return 0;
}

/* All that can take long without being watched for signals, while there is nothing to leave behind.
 */
static int check_surroundings(struct build *build, struct failure *failure)
{
	const struct options *options = build->options;
	service_status("preparing a build");
	if (run_name_make(build->run, failure) < 0 ||
		results_init(options->artifacts, &build->results, failure) < 0 ||
		machine_check_proxy(options->proxy, failure) < 0) {
		return -1;
	}
	int rc = signals_watch();
	return rc < 0 ? failure_set(
				failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc))
		      : 0;
}

static int prepare_watched(struct build *build, struct failure *failure)
{
	const struct options *options = build->options;
	if (look_around(build, failure) < 0 || prepare_source(build, failure) < 0 ||
		machine_check_disk(engine_url(build->engine), engine_facts(build->engine)->root,
			failure) < 0 ||
		image_choose(build->engine, options, &build->git, &build->image, failure) < 0) {
		return -1;
	}
	build->owner = owner_self();
	build->engine_url = alloc_copy(engine_url(build->engine));
	return make_plan(build, failure);
}

/* What a signal broke off has that for a reason. */
static int prepare(struct build *build, struct failure *failure)
{
	if (check_surroundings(build, failure) < 0) {
		return -1;
	}
	int rc = prepare_watched(build, failure);
	int signal = signals_read(signals_watched());
	return signal ? failure_set(failure, EXIT_SIGNAL_BASE + signal,
				"stopped by signal %s before the build began", sigabbrev_np(signal))
		      : rc;
}

static int print_plan(const struct build *build)
{
	if (json_dumpf(build->plan.create, stdout, JSON_INDENT(2)) < 0) {
		return EXIT_INTERNAL;
	}
	printf("\n%s\n", build->plan.docker_run);
	return 0;
}

/* What another berth needs to go on with this run. Borrows everything. */
static struct record make_record(struct build *build)
{
	static char state[] = RECORD_RUNNING;
	return (struct record) {
		.run = build->run,
		.state = state,
		.owner = build->owner,
		.engine = build->engine_url,
		.container = build->plan.container,
		.work_volume = build->plan.work_volume,
		.artifacts = build->results.path,
		.source = build->git.source,
		.scratch = build->source.scratch,
		.ref = build->git.ref,
		.commit = build->git.commit,
		.image = build->image.reference,
		.on_failure = build->options->on_failure,
		.started_s = time(NULL),
		.stop_timeout_ms = build->options->stop_timeout_ms,
		.build_timeout_ms = build->options->build_timeout_ms,
		.keep = build->options->keep,
		.environment = build->plan.env,
	};
}

/* `report` or `failure` tells how it ended. */
static int write_reports(
	struct build *build, const struct run_report *report, const struct failure *end)
{
	struct env_list facts = { 0 };
	struct report_data data = {
		.run = build->run,
		.account = &build->account,
		.source = build->git.source,
		.facts = build->git.commit ? &facts : NULL,
		.engine_url = build->engine_url,
		.engine = build->engine ? engine_facts(build->engine) : NULL,
		.image = build->image.reference,
		.image_id = build->image.id,
		.mismatch = build->image.mismatch,
		.plan = build->plan.create ? &build->plan : NULL,
		.report = report,
		.failure = end,
	};
	if (data.facts) {
		gitinfo_to_env(&build->git, &facts);
	}
	account_end(&build->account);
	int rc = report_files_write(build->options, &data, &build->results);
	env_list_finish(&facts);
	return rc;
}

/* What is not known yet is NULL. */
static struct build_event make_event(const struct build *build)
{
	return (struct build_event) {
		.run = build->run,
		.commit = build->git.commit,
		.ref = build->git.ref,
		.source = build->git.source,
		.image = build->image.reference,
	};
}

/* A build that was not begun. */
static void tell_failure(const struct build *build, const struct failure *failure)
{
	const struct build_event event = make_event(build);
	const struct journal_end end = { .code = failure->code, .cause = failure->text };
	journal_ended(&event, &end);
	service_stopping(failure->text, 0);
}

static int run(struct build *build, struct failure *failure)
{
	struct record record = make_record(build);
	const struct build_event event = make_event(build);
	struct run_request request = {
		.engine = build->engine,
		.options = build->options,
		.plan = &build->plan,
		.assets = &build->assets,
		.git = &build->git,
		.source = &build->source,
		.results = &build->results,
		.run = build->run,
		.record = &record,
		.account = &build->account,
		.measure = report_files_wanted(build->options),
		.event = &event,
	};
	struct run_report report;
	message_note("building %s at %.12s in %s", build->git.ref, build->git.commit,
		build->image.reference);
	if (run_build(&request, &report, failure) < 0) {
		return -1;
	}
	if (report.kept) {
		source_leave(&build->source);
	}
	report_show(build->options, &build->plan, &report);
	int code = report.outcome.code;
	bool ended = !report.detached || code != 0;
	if (!ended && report_files_wanted(build->options)) {
		message_warn("the build has not ended: give berth attach the names of its reports");
	}
	if (ended && write_reports(build, &report, NULL) < 0 && code == 0) {
		code = EXIT_WRITE;
	}
	run_report_finish(&report);
	return code;
}

static int build_all(struct build *build, struct failure *failure)
{
	const struct options *options = build->options;
	int rc = prepare(build, failure);
	if (rc == 0 && options->dry_run) {
		return print_plan(build);
	}
	if (rc == 0) {
		rc = run(build, failure);
	} else if (!options->dry_run) {
		tell_failure(build, failure);
	}
	if (rc < 0 && !options->dry_run) {
		(void)write_reports(build, NULL, failure);
	}
	return rc;
}

int build_command(const struct options *options, struct failure *failure)
{
	struct build build = {
		.options = options,
		.results = { .parent_fd = -1,
			.partial_fd = -1,
			.uid = (uid_t)-1,
			.gid = (gid_t)-1 },
	};
	account_begin(&build.account);
	int rc = report_files_check(options, failure);
	if (rc == 0) {
		rc = build_all(&build, failure);
	}
	if (rc < 0 && !options->dry_run) {
		report_show_unbegun(options, failure);
	}
	build_finish(&build);
	return rc;
}
