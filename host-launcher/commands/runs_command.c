/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/runs_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/results/results.h"
#include "host-launcher/run/follow.h"
#include "host-launcher/run/garbage.h"
#include "host-launcher/run/runs.h"
#include "host-launcher/run/shells.h"
#include "host-launcher/state/scratch.h"

/* What each of the commands does with an engine and the runs in it. */
typedef int runs_action(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure);

static int with_runs(const struct options *options, runs_action *action, struct failure *failure)
{
	struct engine *engine;
	struct run_entry_list list;
	if (engine_open(options->engine, &engine, failure) < 0) {
		return -1;
	}
	int rc = runs_collect(engine, &list, failure);
	if (rc == 0) {
		rc = action(engine, options, &list, failure);
		run_entry_list_finish(&list);
	}
	engine_close(engine);
	return rc;
}

/* The run that the command's first word means, with a container. */
static const struct run_entry *find_container(
	const struct options *options, const struct run_entry_list *list, struct failure *failure)
{
	const struct run_entry *entry =
		runs_find(list, options->words.count ? options->words.items[0] : NULL, failure);
	if (entry && !entry->id) {
		failure_fill(failure, EXIT_USAGE, "the container of run %s is gone", entry->run);
		return NULL;
	}
	return entry;
}

static int show_logs(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure)
{
	const struct run_entry *entry = find_container(options, list, failure);
	return entry ? follow_log(engine, entry->id, options->follow, failure) : -1;
}

static int stop(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure)
{
	const struct run_entry *entry = find_container(options, list, failure);
	if (!entry || container_stop(engine, entry->id, options->stop_timeout_ms, failure) < 0) {
		return -1;
	}
	message_note("run %s is stopped", entry->run);
	return 0;
}

/* A berth that is at it gives the folder its name, with what is in it, while we would remove that.
 */
static void discard_results(const struct run_entry *entry)
{
	struct results results;
	struct failure failure;
	if (entry->owner != OWNER_ALIVE && entry->recorded && entry->record.artifacts &&
		results_init(entry->record.artifacts, &results, &failure) == 0) {
		results_discard(&results, entry->run);
		results_finish(&results);
	}
}

/* Container, work volume, gathering folder and record. */
static int remove_run(struct engine *engine, const struct run_entry *entry, int64_t grace_ms,
	struct failure *failure)
{
	autofree char *volume = alloc_printf(PLAN_WORK_VOLUME "%s", entry->run);
	if (entry->id && run_entry_is_active(entry) &&
		/* Killed at once, apt-cacher-ng might leave a broken cache. */
		container_stop(engine, entry->id, grace_ms, failure) < 0) {
		return -1;
	}
	if (entry->id && container_remove(engine, entry->id, failure) < 0) {
		return -1;
	}
	if (container_remove_volume(engine, volume, failure) < 0) {
		return -1;
	}
	discard_results(entry);
	if (entry->recorded && entry->record.scratch) {
		scratch_remove(alloc_copy(entry->record.scratch));
	}
	record_remove(entry->run);
	message_note("removed run %s", entry->run);
	return 0;
}

static int check_removable(const struct run_entry *entry, struct failure *failure)
{
	if (entry->owner == OWNER_ALIVE) {
		return failure_set(failure, EXIT_BUSY,
			"another berth is at run %s: stop that one, or give --force", entry->run);
	}
	if (run_entry_is_active(entry)) {
		return failure_set(failure, EXIT_BUSY,
			"run %s goes on: berth stop %s, or give --force", entry->run, entry->run);
	}
	return 0;
}

/* They are in its work volume. */
static int clear_shells(struct engine *engine, const char *run, bool force, struct failure *failure)
{
	const struct shells_choice choice = {
		.run = run,
		.reach = force ? SHELLS_ALL : SHELLS_ENDED,
	};
	struct string_list open = { 0 };
	int rc = shells_remove(engine, &choice, &open, failure);
	if (rc == 0 && open.count) {
		rc = failure_set(failure, EXIT_BUSY,
			"a shell of run %s is open: exit that one, or give --force", run);
	}
	string_list_finish(&open);
	return rc;
}

static int remove_named(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure)
{
	for (size_t i = 0; i < options->words.count; i++) {
		const struct run_entry *entry = runs_find(list, options->words.items[i], failure);
		if (!entry || (!options->force && check_removable(entry, failure) < 0) ||
			clear_shells(engine, entry->run, options->force, failure) < 0 ||
			remove_run(engine, entry, options->stop_timeout_ms, failure) < 0) {
			return -1;
		}
	}
	return 0;
}

static const char *why_left(enum gc_verdict verdict)
{
	switch (verdict) {
	case GC_REMOVE:
		return "";
	case GC_IN_USE:
		return "a berth is at it";
	case GC_WANTED:
		return "it was detached or kept; --all removes it";
	case GC_FOREIGN:
		return "it is another machine's, or another container's; --all removes it";
	}
	return "";
}

/* What cannot be removed does not keep the rest: the first failure is returned, others are told. */
static int keep_first(int rc, const struct failure *other, struct failure *failure)
{
	if (rc < 0) {
		message_failure(other);
	} else {
		*failure = *other;
	}
	return -1;
}

static int collect_runs(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, const struct string_list *in_shell,
	struct failure *failure)
{
	struct failure other;
	int rc = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct run_entry *entry = &list->items[i];
		enum gc_verdict verdict = runs_judge(entry, options->all);
		/* Those before took their time, and somebody may have taken this one over. */
		if (verdict == GC_REMOVE &&
			(runs_has_owner(entry->run) || string_list_has(in_shell, entry->run))) {
			verdict = GC_IN_USE;
		}
		if (verdict != GC_REMOVE) {
			message_note("left run %s: %s", entry->run, why_left(verdict));
		} else if (options->dry_run) {
			printf("would remove run %s\n", entry->run);
		} else if (remove_run(engine, entry, options->stop_timeout_ms, &other) < 0) {
			rc = keep_first(rc, &other, failure);
		}
	}
	return rc;
}

static int collect_garbage(struct engine *engine, const struct options *options,
	const struct run_entry_list *list, struct failure *failure)
{
	struct string_list in_shell = { 0 };
	struct failure other;
	int rc = garbage_collect_shells(engine, options, &in_shell, failure);
	if (rc == 0) {
		rc = collect_runs(engine, options, list, &in_shell, failure);
	}
	string_list_finish(&in_shell);
	if (garbage_collect_volumes(engine, options, list, &other) < 0) {
		rc = keep_first(rc, &other, failure);
	}
	if (garbage_collect_images(engine, options, &other) < 0) {
		rc = keep_first(rc, &other, failure);
	}
	return rc;
}

int logs_command(const struct options *options, struct failure *failure)
{
	return with_runs(options, show_logs, failure);
}

int stop_command(const struct options *options, struct failure *failure)
{
	return with_runs(options, stop, failure);
}

int rm_command(const struct options *options, struct failure *failure)
{
	return with_runs(options, remove_named, failure);
}

int gc_command(const struct options *options, struct failure *failure)
{
	garbage_collect_folders(options);
	return with_runs(options, collect_garbage, failure);
}
