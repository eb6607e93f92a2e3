/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report_trace.h"

#include "host-launcher/base/alloc.h"

/* Times of the format are microseconds. */
static json_int_t micro(const json_t *object, const char *key)
{
	return json_integer_value(json_object_get(object, key)) * 1000;
}

static void add_slice(
	json_t *events, const char *name, const char *category, json_int_t start, json_int_t length)
{
	json_array_append_new(events,
		json_pack("{s:s, s:s, s:s, s:I, s:I, s:i, s:i}", "name", name, "cat", category,
			"ph", "X", "ts", start, "dur", length, "pid", 1, "tid", 1));
}

static void add_phases(json_t *events, const json_t *report)
{
	size_t index;
	const json_t *phase;
	json_array_foreach(json_object_get(report, "phases"), index, phase)
	{
		const char *name = json_string_value(json_object_get(phase, "name"));
		const char *stage = json_string_value(json_object_get(phase, "stage"));
		add_slice(events, name ? name : "", stage ? stage : "", micro(phase, "start_ms"),
			micro(phase, "duration_ms"));
	}
}

static void add_counters(json_t *events, const json_t *report)
{
	size_t index;
	const json_t *sample;
	json_array_foreach(json_object_get(report, "samples"), index, sample)
	{
		json_int_t at = micro(sample, "at_ms");
		json_array_append_new(
			events, json_pack("{s:s, s:s, s:I, s:i, s:{s:O}}", "name", "memory", "ph",
					"C", "ts", at, "pid", 1, "args", "bytes",
					json_object_get(sample, "memory_bytes")));
		json_array_append_new(events,
			json_pack("{s:s, s:s, s:I, s:i, s:{s:O}}", "name", "CPUs", "ph", "C", "ts",
				at, "pid", 1, "args", "used", json_object_get(sample, "cpus")));
	}
}

char *report_trace_make(const json_t *report)
{
	json_t *events = json_array();
	json_array_append_new(events, json_pack("{s:s, s:s, s:i, s:{s:s}}", "name", "process_name",
					      "ph", "M", "pid", 1, "args", "name", "berth build"));
	add_slice(events, "berth", "berth", 0, micro(report, "duration_ms"));
	add_slice(events, "container", "berth", micro(report, "build_start_ms"),
		micro(report, "build_duration_ms"));
	add_phases(events, report);
	add_counters(events, report);
	json_auto_t *trace =
		json_pack("{s:o, s:s}", "traceEvents", events, "displayTimeUnit", "ms");
	autofree char *text = json_dumps(trace, JSON_COMPACT);
	return alloc_printf("%s\n", text ? text : "{}");
}
