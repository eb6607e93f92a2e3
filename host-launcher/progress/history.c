/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/history.h"

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/report_text.h"
#include "host-launcher/state/record.h"

/* ["NAME", MILLISECONDS] */
static int parse_phase(const json_t *pair, struct history_phase *phase)
{
	const char *name = json_string_value(json_array_get(pair, 0));
	const json_t *duration = json_array_get(pair, 1);
	json_int_t ms = json_integer_value(duration);
	if (!name || strlen(name) >= PHASE_NAME_MAX || !json_is_integer(duration) || ms < 0 ||
		ms > HISTORY_MS_MAX) {
		return -1;
	}
	snprintf(phase->name, sizeof(phase->name), "%s", name);
	phase->duration_ms = ms;
	return 0;
}

static void parse_build(const json_t *list, struct history_build *build)
{
	size_t index;
	const json_t *pair;
	size_t size = json_array_size(list);
	size = size < PHASES_MAX ? size : PHASES_MAX;
	*build = (struct history_build) { .phases = alloc_zero(size + 1, sizeof(*build->phases)) };
	json_array_foreach(list, index, pair)
	{
		if (index < size && parse_phase(pair, &build->phases[build->count]) == 0) {
			build->count++;
		}
	}
}

void history_parse(const char *text, size_t length, struct history *history)
{
	json_auto_t *json = json_loadb(text, length, JSON_REJECT_DUPLICATES, NULL);
	size_t index;
	const json_t *list;
	json_array_foreach(json_object_get(json, "builds"), index, list)
	{
		if (history->count < HISTORY_BUILDS_MAX && json_array_size(list)) {
			parse_build(list, &history->builds[history->count++]);
		}
	}
}

static void append(json_t *list, const char *name, int64_t duration_ms)
{
	char copy[PHASE_NAME_MAX];
	memcpy(copy, name, sizeof(copy));
	report_text_make_utf8(copy);
	json_array_append_new(list, json_pack("[s, I]", copy, (json_int_t)duration_ms));
}

static json_t *describe_build(const struct history_build *build)
{
	json_t *list = json_array();
	for (size_t i = 0; i < build->count; i++) {
		append(list, build->phases[i].name, build->phases[i].duration_ms);
	}
	return list;
}

char *history_with(const struct history *history, const struct phases *phases)
{
	json_t *builds = json_array();
	json_t *newest = json_array();
	for (size_t i = 0; i < phases->count; i++) {
		const struct phase *phase = &phases->items[i];
		append(newest, phase->name, phase->end_ms - phase->start_ms);
	}
	json_array_append_new(builds, newest);
	for (size_t i = 0; i < history->count && i + 1 < HISTORY_BUILDS_MAX; i++) {
		json_array_append_new(builds, describe_build(&history->builds[i]));
	}
	json_auto_t *object = json_pack("{s:o}", "builds", builds);
	autofree char *text = json_dumps(object, JSON_COMPACT);
	return alloc_printf("%s\n", text ? text : "{}");
}

/* The phase of an earlier build that is the same as the one at `at`: of its name, and the nth of
 * that. -1 where there is none. */
static int64_t find_same(const struct history_build *build, const struct phases *phases, size_t at)
{
	const char *name = phases->items[at].name;
	size_t before = 0;
	for (size_t i = 0; i < at; i++) {
		before += strcmp(phases->items[i].name, name) == 0;
	}
	for (size_t i = 0; i < build->count; i++) {
		if (strcmp(build->phases[i].name, name) == 0 && before-- == 0) {
			return (int64_t)i;
		}
	}
	return -1;
}

/* By one earlier build: what is left of the phase, and those behind it. */
static int64_t left_by(
	const struct history_build *build, const struct phases *phases, int64_t now_ms)
{
	if (!phases->count) {
		return -1;
	}
	size_t last = phases->count - 1;
	int64_t same = find_same(build, phases, last);
	if (same < 0) {
		return -1;
	}
	int64_t spent_ms = now_ms - phases->items[last].start_ms;
	int64_t left_ms = build->phases[same].duration_ms - spent_ms;
	left_ms = left_ms > 0 ? left_ms : 0;
	for (size_t i = (size_t)same + 1; i < build->count; i++) {
		left_ms += build->phases[i].duration_ms;
	}
	return left_ms;
}

static int compare(const void *a, const void *b)
{
	const int64_t *left = a;
	const int64_t *right = b;
	return (*left > *right) - (*left < *right);
}

int64_t history_left_ms(const struct history *history, const struct phases *phases, int64_t now_ms)
{
	int64_t known[HISTORY_BUILDS_MAX];
	size_t count = 0;
	for (size_t i = 0; i < history->count; i++) {
		int64_t left_ms = left_by(&history->builds[i], phases, now_ms);
		if (left_ms >= 0) {
			known[count++] = left_ms;
		}
	}
	if (!count) {
		return -1;
	}
	qsort(known, count, sizeof(known[0]), compare);
	return known[count / 2];
}

static char *path_of(const char *source)
{
	char hash[DIGEST_HEX_LENGTH + 1] = "";
	autofree char *folder = record_subfolder("history");
	digest_of_text(source, strlen(source), hash);
	return alloc_printf("%s/%.32s.json", folder, hash);
}

void history_load(const char *source, struct history *history)
{
	autofree char *path = path_of(source);
	autofree char *text = NULL;
	if (file_read_text(path, &text) == 0) {
		history_parse(text, strlen(text), history);
	}
}

void history_save(const char *source, const struct history *history, const struct phases *phases)
{
	autofree char *path = path_of(source);
	autofree char *fresh = alloc_printf("%s.%d", path, getpid());
	autofree char *text = history_with(history, phases);
	if (file_create_at(AT_FDCWD, fresh, text, strlen(text)) < 0 || rename(fresh, path) < 0) {
		(void)unlink(fresh);
	}
}

void history_finish(struct history *history)
{
	for (size_t i = 0; i < history->count; i++) {
		free(history->builds[i].phases);
	}
	*history = (struct history) { 0 };
}
