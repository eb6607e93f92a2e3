/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report_junit.h"

#include <stdbool.h>
#include <string.h>

#include "host-launcher/base/report_text.h"

static const char *text(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));
	return value ? value : "";
}

static double seconds(const json_t *object, const char *key)
{
	return (double)json_integer_value(json_object_get(object, key)) / 1000;
}

/* How often the name of a phase came before: the same case twice would be taken for one. */
static size_t count_before(const json_t *phases, size_t index, const char *name)
{
	size_t count = 0;
	for (size_t i = 0; i < index; i++) {
		count += strcmp(text(json_array_get(phases, i), "name"), name) == 0;
	}
	return count;
}

static void add_failure(struct buffer *out, const json_t *report)
{
	size_t index;
	const json_t *line;
	buffer_append_text(out, "      <failure message=\"");
	report_text_add_xml(out, text(report, "cause"));
	buffer_printf(out, "\" type=\"exit-%lld\">",
		(long long)json_integer_value(json_object_get(report, "exit_code")));
	json_array_foreach(json_object_get(report, "log_tail"), index, line)
	{
		report_text_add_xml(out, json_string_value(line));
		buffer_append_text(out, "\n");
	}
	buffer_append_text(out, "</failure>\n");
}

static void add_case(
	struct buffer *out, const char *stage, const char *name, size_t before, double time_s)
{
	buffer_append_text(out, "    <testcase classname=\"berth.");
	report_text_add_xml(out, *stage ? stage : "build");
	buffer_append_text(out, "\" name=\"");
	report_text_add_xml(out, name);
	if (before) {
		buffer_printf(out, " (%zu)", before + 1);
	}
	buffer_printf(out, "\" time=\"%.3f\">\n", time_s);
}

static void add_phases(struct buffer *out, const json_t *report, bool failed)
{
	const json_t *phases = json_object_get(report, "phases");
	size_t index;
	const json_t *phase;
	json_array_foreach(phases, index, phase)
	{
		const char *name = text(phase, "name");
		add_case(out, text(phase, "stage"), name, count_before(phases, index, name),
			seconds(phase, "duration_ms"));
		if (failed && index + 1 == json_array_size(phases)) {
			add_failure(out, report);
		}
		buffer_append_text(out, "    </testcase>\n");
	}
}

static void add_property(struct buffer *out, const char *name, const char *value)
{
	buffer_printf(out, "      <property name=\"%s\" value=\"", name);
	report_text_add_xml(out, value);
	buffer_append_text(out, "\"/>\n");
}

static void add_properties(struct buffer *out, const json_t *report)
{
	const json_t *git = json_object_get(report, "git");
	const json_t *image = json_object_get(report, "image");
	buffer_append_text(out, "    <properties>\n");
	add_property(out, "run", text(report, "run"));
	add_property(out, "commit", text(git, "GIT_COMMIT"));
	add_property(out, "ref", text(git, "GIT_REF"));
	add_property(out, "image", text(image, "reference"));
	add_property(out, "image_id", text(image, "id"));
	buffer_append_text(out, "    </properties>\n");
}

char *report_junit_make(const json_t *report)
{
	struct buffer out = { 0 };
	size_t phases = json_array_size(json_object_get(report, "phases"));
	bool failed = json_integer_value(json_object_get(report, "exit_code")) != 0;
	buffer_printf(&out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuites>\n  <testsuite name=\"berth\" tests=\"%zu\" failures=\"%d\" "
		"errors=\"0\" "
		"skipped=\"0\" time=\"%.3f\" timestamp=\"%.19s\">\n",
		phases + 1, failed ? 1 + (phases > 0) : 0, seconds(report, "duration_ms"),
		text(report, "started"));
	add_properties(&out, report);
	add_phases(&out, report, failed);
	add_case(&out, "build", "the whole build", 0, seconds(report, "duration_ms"));
	if (failed) {
		add_failure(&out, report);
	}
	buffer_append_text(&out, "    </testcase>\n  </testsuite>\n</testsuites>\n");
	return buffer_steal(&out);
}
