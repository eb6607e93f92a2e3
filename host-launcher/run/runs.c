/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/runs.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/plan/plan.h"

static void entry_finish(struct run_entry *entry)
{
	free(entry->run);
	free(entry->id);
	free(entry->state);
	free(entry->status);
	free(entry->ref);
	free(entry->commit);
	free(entry->source);
	record_finish(&entry->record);
}

void run_entry_list_finish(struct run_entry_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		entry_finish(&list->items[i]);
	}
	free(list->items);
	*list = (struct run_entry_list) { 0 };
}

/* An engine's words are shown: nothing in them may steer a terminal. */
static char *copy_member(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));
	char *copy = alloc_copy(text ? text : "");
	text_make_harmless(copy);
	return copy;
}

static void add(struct run_entry_list *list, struct run_entry entry)
{
	list->items = alloc_resize(list->items, list->count + 1, sizeof(entry));
	list->items[list->count++] = entry;
}

static void add_container(struct run_entry_list *list, const json_t *container)
{
	const json_t *labels = json_object_get(container, "Labels");
	if (!plan_label(labels, PLAN_LABEL_RUN)) {
		return;
	}
	struct run_entry entry = {
		.run = copy_member(labels, PLAN_LABEL_RUN),
		.id = copy_member(container, "Id"),
		.state = copy_member(container, "State"),
		.status = copy_member(container, "Status"),
		.ref = copy_member(labels, "org.berth.ref"),
		.commit = copy_member(labels, "org.berth.commit"),
		.source = copy_member(labels, "org.berth.source"),
		.created_s = json_integer_value(json_object_get(container, "Created")),
		.owner = owner_judge(json_string_value(json_object_get(labels, PLAN_LABEL_OWNER))),
	};
	entry.recorded = record_read(entry.run, &entry.record);
	/* Whoever took the run over since its container was made stands in the record. */
	if (entry.recorded) {
		entry.owner = owner_judge(entry.record.owner);
	}
	add(list, entry);
}

static bool is_listed(const struct run_entry_list *list, const char *run)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i].run, run) == 0) {
			return true;
		}
	}
	return false;
}

/* A record without a container: of another engine, or of a run whose end nobody saw. */
static void add_record(struct run_entry_list *list, const char *run, const char *engine)
{
	struct record record;
	if (is_listed(list, run) || !record_read(run, &record)) {
		return;
	}
	if (!record.engine || strcmp(record.engine, engine) != 0) {
		record_finish(&record);
		return;
	}
	add(list, (struct run_entry) {
			  .run = alloc_copy(run),
			  .state = alloc_copy("gone"),
			  .status = alloc_copy(""),
			  .ref = alloc_copy(record.ref ? record.ref : ""),
			  .commit = alloc_copy(record.commit ? record.commit : ""),
			  .source = alloc_copy(record.source ? record.source : ""),
			  .created_s = record.started_s,
			  .owner = owner_judge(record.owner),
			  .recorded = true,
			  .record = record,
		  });
}

static int compare_entries(const void *a, const void *b)
{
	const struct run_entry *left = a;
	const struct run_entry *right = b;
	if (left->created_s != right->created_s) {
		return left->created_s > right->created_s ? -1 : 1;
	}
	return strcmp(left->run, right->run);
}

int runs_collect(struct engine *engine, struct run_entry_list *ret_list, struct failure *failure)
{
	struct run_entry_list list = { 0 };
	struct string_list records = { 0 };
	json_t *containers;
	if (container_list(engine, PLAN_LABEL_RUN, &containers, failure) < 0) {
		return -1;
	}
	size_t index;
	const json_t *container;
	json_array_foreach(containers, index, container)
	{
		add_container(&list, container);
	}
	json_decref(containers);
	record_list(&records);
	for (size_t i = 0; i < records.count; i++) {
		add_record(&list, records.items[i], engine_url(engine));
	}
	string_list_finish(&records);
	if (list.count) {
		qsort(list.items, list.count, sizeof(*list.items), compare_entries);
	}
	*ret_list = list;
	return 0;
}

bool run_entry_is_active(const struct run_entry *entry)
{
	return strcmp(entry->state, "running") == 0 || strcmp(entry->state, "paused") == 0 ||
	       strcmp(entry->state, "stopping") == 0;
}

const struct run_entry *runs_find(
	const struct run_entry_list *list, const char *word, struct failure *failure)
{
	static const char prefix[] = "berth-";
	const char *run =
		word && strncmp(word, prefix, strlen(prefix)) == 0 ? word + strlen(prefix) : word;
	const struct run_entry *found = NULL;
	size_t matches = 0;
	for (size_t i = 0; i < list->count; i++) {
		const struct run_entry *entry = &list->items[i];
		bool exact = run && strcmp(entry->run, run) == 0;
		if (!run || strncmp(entry->run, run, strlen(run)) == 0 ||
			(word && entry->id && strncmp(entry->id, word, strlen(word)) == 0)) {
			found = entry;
			matches = exact ? 1 : matches + 1;
		}
		if (exact) {
			break;
		}
	}
	if (matches == 1) {
		return found;
	}
	if (word) {
		failure_fill(failure, EXIT_USAGE,
			matches ? "several runs begin with '%s': berth ps lists them"
				: "there is no run '%s': berth ps lists them",
			word);
	} else {
		failure_fill(failure, EXIT_USAGE,
			matches ? "there are several runs, name one: berth ps lists them"
				: "there is no run");
	}
	return NULL;
}

bool runs_has_owner(const char *run)
{
	struct record record = { 0 };
	bool owned = record_read(run, &record) && owner_judge(record.owner) == OWNER_ALIVE;
	record_finish(&record);
	return owned;
}

enum gc_verdict runs_judge(const struct run_entry *entry, bool all)
{
	if (entry->owner == OWNER_ALIVE) {
		return GC_IN_USE;
	}
	if (all) {
		return GC_REMOVE;
	}
	if (entry->recorded && entry->record.state &&
		strcmp(entry->record.state, RECORD_RUNNING) != 0) {
		return GC_WANTED;
	}
	return entry->owner == OWNER_GONE ? GC_REMOVE : GC_FOREIGN;
}
