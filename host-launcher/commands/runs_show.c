/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/runs_show.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/report_text.h"
#include "host-launcher/run/runs.h"

/* "3 min": the largest unit of which there are two. */
static char *describe_age(int64_t seconds)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = { { "d", 86400 }, { "h", 3600 }, { "min", 60 } };
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (seconds >= 2 * units[i].seconds) {
			return alloc_printf(
				"%lld %s", (long long)(seconds / units[i].seconds), units[i].name);
		}
	}
	return alloc_printf("%lld s", (long long)(seconds > 0 ? seconds : 0));
}

/* Who looks after it. */
static const char *keeper_of(const struct run_entry *entry)
{
	if (entry->owner == OWNER_ALIVE) {
		return "at work";
	}
	if (entry->recorded && entry->record.state) {
		bool left = strcmp(entry->record.state, RECORD_RUNNING) == 0;
		return left ? "killed" : entry->record.state;
	}
	return entry->owner == OWNER_GONE ? "killed" : "elsewhere";
}

static void print_table(const struct run_entry_list *list)
{
	int64_t now_s = time(NULL);
	printf("%-10s  %-8s  %-6s  %-9s  %-12s  %-24s  %s\n", "RUN", "STATE", "AGE", "BERTH",
		"COMMIT", "REF", "SOURCE");
	for (size_t i = 0; i < list->count; i++) {
		const struct run_entry *entry = &list->items[i];
		autofree char *age = describe_age(now_s - entry->created_s);
		printf("%-10s  %-8s  %-6s  %-9s  %-12.12s  %-24s  %s\n", entry->run, entry->state,
			age, keeper_of(entry), entry->commit, entry->ref, entry->source);
	}
}

static void print_json(const struct run_entry_list *list)
{
	json_auto_t *array = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct run_entry *entry = &list->items[i];
		json_array_append_new(array,
			json_pack("{s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:s?, s:I, s:o}", "run",
				entry->run, "state", entry->state, "status", entry->status, "berth",
				keeper_of(entry), "ref", report_text_to_json(entry->ref), "commit",
				entry->commit, "source", report_text_to_json(entry->source),
				"container", entry->id, "created_s", (json_int_t)entry->created_s,
				"artifacts",
				report_text_to_json(
					entry->recorded ? entry->record.artifacts : NULL)));
	}
	json_dumpf(array, stdout, JSON_INDENT(2));
	putchar('\n');
}

int ps_command(const struct options *options, struct failure *failure)
{
	struct engine *engine;
	struct run_entry_list list;
	if (engine_open(options->engine, &engine, failure) < 0) {
		return -1;
	}
	int rc = runs_collect(engine, &list, failure);
	if (rc == 0) {
		options->json ? print_json(&list) : print_table(&list);
		run_entry_list_finish(&list);
	}
	engine_close(engine);
	return rc;
}
