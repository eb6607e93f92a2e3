/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/load_report.h"

#include <ctype.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

enum {
	RAW_MAX = 4096,
};

/* "Loaded image: NAME:TAG" or "Loaded image ID: sha256:...". */
static void note_loaded(struct load_report *report, const char *stream)
{
	static const char *const prefixes[] = { "Loaded image ID: ", "Loaded image: " };
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		size_t prefix = strlen(prefixes[i]);
		if (strncmp(stream, prefixes[i], prefix) == 0) {
			size_t length = strlen(stream + prefix);
			while (length && isspace((unsigned char)stream[prefix + length - 1])) {
				length--;
			}
			free(report->loaded);
			report->loaded = alloc_copy_range(stream + prefix, length);
			return;
		}
	}
}

static void take_line(struct load_report *report)
{
	json_auto_t *line = json_loadb(report->line.data, report->line.length, 0, NULL);
	const char *stream = json_string_value(json_object_get(line, "stream"));
	const char *error = json_string_value(json_object_get(line, "error"));
	if (stream) {
		note_loaded(report, stream);
	}
	if (error && !report->error) {
		report->error = alloc_copy(error);
	}
}

void load_report_feed(struct load_report *report, const char *data, size_t length)
{
	if (report->raw.length < RAW_MAX) {
		size_t room = RAW_MAX - report->raw.length;
		buffer_append(&report->raw, data, length < room ? length : room);
	}
	for (size_t i = 0; i < length; i++) {
		if (report->line.length < LOAD_REPORT_LINE_MAX) {
			buffer_append(&report->line, data + i, 1);
		}
		if (data[i] == '\n') {
			take_line(report);
			report->line.length = 0;
		}
	}
}

void load_report_end(struct load_report *report)
{
	if (report->line.length) {
		take_line(report);
		report->line.length = 0;
	}
}

const char *load_report_error(const struct load_report *report)
{
	return report->error;
}

const char *load_report_loaded(const struct load_report *report)
{
	return report->loaded;
}

const char *load_report_raw(const struct load_report *report)
{
	return buffer_text(&report->raw);
}

void load_report_finish(struct load_report *report)
{
	buffer_finish(&report->line);
	buffer_finish(&report->raw);
	free(report->error);
	free(report->loaded);
	*report = (struct load_report) { 0 };
}
