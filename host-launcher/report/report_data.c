/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report_data.h"

#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/report_text.h"
#include "host-launcher/git/gitinfo.h"

enum {
	FORMAT = 1,
};

static void put(json_t *object, const char *key, const char *value)
{
	json_object_set_new(object, key, report_text_to_json(value));
}

static void put_number(json_t *object, const char *key, int64_t value)
{
	json_object_set_new(object, key, json_integer(value));
}

static json_t *describe_git(const struct report_data *data)
{
	if (!data->facts) {
		return json_null();
	}
	json_t *object = json_object();
	for (size_t i = 0; i < data->facts->pairs.count; i++) {
		const char *pair = data->facts->pairs.items[i];
		size_t length = strcspn(pair, "=");
		autofree char *key = alloc_copy_range(pair, length);
		if (gitinfo_is_fact(key)) {
			put(object, key, pair + length + 1);
		}
	}
	put(object, "source", data->source);
	return object;
}

static json_t *describe_image(const struct report_data *data)
{
	json_t *object = json_object();
	put(object, "reference", data->image);
	put(object, "id", data->image_id);
	put(object, "mismatch", data->mismatch);
	return object;
}

static json_t *describe_engine(const struct report_data *data)
{
	json_t *object = json_object();
	put(object, "url", data->engine_url);
	put(object, "version", data->engine ? data->engine->server_version : NULL);
	put(object, "api", data->engine ? data->engine->api_version : NULL);
	return object;
}

static json_t *list_phases(const struct account *account)
{
	json_t *array = json_array();
	for (size_t i = 0; i < account->phases.count; i++) {
		const struct phase *phase = &account->phases.items[i];
		json_t *object = json_object();
		put(object, "name", phase->name);
		put(object, "stage", phase->stage);
		put_number(object, "start_ms", phase->start_ms - account->started_ms);
		put_number(object, "duration_ms", phase->end_ms - phase->start_ms);
		put_number(object, "log_offset", (int64_t)phase->log_offset);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *list_samples(const struct account *account)
{
	json_t *array = json_array();
	for (size_t i = 0; i < account->samples.count; i++) {
		const struct sample *sample = &account->samples.items[i];
		json_array_append_new(
			array, json_pack("{s:I, s:I, s:f, s:I, s:I}", "at_ms",
				       (json_int_t)(sample->at_ms - account->started_ms),
				       "memory_bytes", (json_int_t)sample->memory, "cpus",
				       sample->cpus, "read_bytes", (json_int_t)sample->read,
				       "written_bytes", (json_int_t)sample->written));
	}
	return array;
}

static void add_line(const char *line, void *user)
{
	json_array_append_new(user, report_text_to_json(line));
}

static void put_end(json_t *object, const struct report_data *data)
{
	const struct run_report *report = data->report;
	json_t *tail = json_array();
	if (report) {
		tail_for_each(&report->tail, add_line, tail);
	}
	put_number(object, "exit_code", report ? report->outcome.code : data->failure->code);
	put(object, "exit_origin", report && report->outcome.from_build ? "build" : "berth");
	put(object, "cause", report ? report->outcome.cause : data->failure->text);
	put(object, "artifacts", report ? report->where : NULL);
	put_number(object, "artifact_count", report ? (int64_t)report->files : 0);
	json_object_set_new(object, "container_kept", json_boolean(report && report->kept));
	json_object_set_new(object, "log_tail", tail);
}

static void put_times(json_t *object, const struct account *account)
{
	char started[32] = "";
	struct tm parts;
	time_t seconds = account->started_s;
	if (gmtime_r(&seconds, &parts)) {
		strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", &parts);
	}
	put(object, "started", started);
	put_number(object, "duration_ms", account->ended_ms - account->started_ms);
	bool built = account->build_start_ms > 0;
	put_number(object, "build_start_ms",
		built ? account->build_start_ms - account->started_ms : 0);
	put_number(object, "build_duration_ms",
		built ? account->build_end_ms - account->build_start_ms : 0);
}

json_t *report_data_make(const struct report_data *data)
{
	json_t *object = json_object();
	put_number(object, "format", FORMAT);
	put(object, "berth", BERTH_VERSION);
	put(object, "run", data->run);
	put_end(object, data);
	put_times(object, data->account);
	put(object, "container", data->plan ? data->plan->container : NULL);
	json_object_set_new(object, "git", describe_git(data));
	json_object_set_new(object, "image", describe_image(data));
	json_object_set_new(object, "engine", describe_engine(data));
	json_object_set_new(object, "environment",
		data->plan ? env_list_to_json(&data->plan->env) : json_object());
	json_object_set_new(object, "phases", list_phases(data->account));
	put_number(object, "memory_peak_bytes", (int64_t)data->account->samples.memory_peak);
	json_object_set_new(object, "samples", list_samples(data->account));
	return object;
}
