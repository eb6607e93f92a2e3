/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/engine_image.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/standstill.h"
#include "host-launcher/engine/load_report.h"

enum {
	/* An engine that has the whole archive says nothing while it unpacks it. */
	LOAD_SILENCE_MS = 30 * 60 * 1000,
};

void engine_image_finish(struct engine_image *image)
{
	for (size_t i = 0; i < image->diff_id_count; i++) {
		free(image->diff_ids[i]);
	}
	free(image->diff_ids);
	free(image->id);
	*image = (struct engine_image) { 0 };
}

static int read_layers(const json_t *layers, struct engine_image *image)
{
	image->diff_ids = alloc_zero(json_array_size(layers), sizeof(*image->diff_ids));
	size_t index;
	const json_t *layer;
	json_array_foreach(layers, index, layer)
	{
		if (!json_is_string(layer)) {
			return -EPROTO;
		}
		image->diff_ids[image->diff_id_count++] = alloc_copy(json_string_value(layer));
	}
	return 0;
}

/* "2023-11-14T22:13:20.5Z" */
static int64_t parse_time(const char *text)
{
	struct tm tm = { 0 };
	if (!text || !strptime(text, "%Y-%m-%dT%H:%M:%S", &tm)) {
		return 0;
	}
	return timegm(&tm);
}

int engine_image_inspect(struct engine *engine, const char *reference,
	struct engine_image *ret_image, struct failure *failure)
{
	autofree char *path = alloc_printf("/images/%s/json", reference);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "look up the image",
		.refusal_code = EXIT_IMAGE,
	};
	json_auto_t *answer = NULL;
	int status = engine_ask(engine, &request, &answer, failure);
	if (status < 0) {
		return -1;
	}
	if (status == 404) {
		return 0;
	}
	struct engine_image image = { 0 };
	const char *id = json_string_value(json_object_get(answer, "Id"));
	const json_t *layers = json_object_get(json_object_get(answer, "RootFS"), "Layers");
	if (!id || read_layers(layers, &image) < 0) {
		engine_image_finish(&image);
		return failure_set(failure, EXIT_API,
			"the engine describes the image %s in a way berth does not know",
			reference);
	}
	image.id = alloc_copy(id);
	image.created_s = parse_time(json_string_value(json_object_get(answer, "Created")));
	*ret_image = image;
	return 1;
}

/* Feeds the response to the report until its end, a signal or a standstill. */
static int follow_load(struct http *http, struct http_call *call, struct load_report *report)
{
	struct standstill silence = { .limit_ms = LOAD_SILENCE_MS };
	for (;;) {
		struct curl_waitfd signals = {
			.fd = http_interrupt(http),
			.events = CURL_WAIT_POLLIN,
		};
		const char *data;
		size_t length = http_call_peek(call, &data);
		load_report_feed(report, data, length);
		http_call_consume(call, length);
		if (http_call_done(call) && length == 0) {
			load_report_end(report);
			return 0;
		}
		if (length == 0 && http_poll(http, &signals, signals.fd >= 0, 1000) < 0) {
			return -EIO;
		}
		if (signals.revents) {
			return -EINTR;
		}
		if (standstill_is_over(&silence, http_call_moved(call), clock_now_ms())) {
			return -ETIMEDOUT;
		}
	}
}

static int explain_wait(struct engine *engine, int error, struct failure *failure)
{
	if (error == -ETIMEDOUT) {
		return failure_set(failure, EXIT_NO_ENGINE,
			"the container engine at %s neither took nor said anything for %d min on "
			"the way to load the image: look at its log",
			engine_url(engine), LOAD_SILENCE_MS / 60 / 1000);
	}
	return failure_set(
		failure, EXIT_INTERNAL, "cannot wait for the engine: %s", strerror(-error));
}

static int judge_load(struct engine *engine, const struct http_call *call,
	const struct load_report *report, char **ret_loaded, struct failure *failure)
{
	struct http_result result = http_call_result(call);
	struct engine_request request = {
		.purpose = "load the image",
		.refusal_code = EXIT_IMAGE_LOAD,
	};
	if (result.curl_code != CURLE_OK || result.status >= 400) {
		const char *text = load_report_raw(report);
		return engine_explain(engine, &result, text, strlen(text), &request, failure);
	}
	if (load_report_error(report)) {
		return failure_set(failure, EXIT_IMAGE_LOAD,
			"the container engine did not load the image: %s",
			load_report_error(report));
	}
	if (!load_report_loaded(report)) {
		return failure_set(failure, EXIT_IMAGE_LOAD,
			"the container engine found no image in the archive: is it a whole docker "
			"archive (tar, gzip or xz)?");
	}
	*ret_loaded = alloc_copy(load_report_loaded(report));
	return 0;
}

int engine_image_load(struct engine *engine, int fd, char **ret_loaded, struct failure *failure)
{
	struct stat status;
	if (fstat(fd, &status) < 0 || lseek(fd, 0, SEEK_SET) < 0) {
		return failure_set(failure, EXIT_IMAGE_LOAD, "cannot read the image archive: %s",
			strerror(errno));
	}
	if (!S_ISREG(status.st_mode)) {
		return failure_set(
			failure, EXIT_IMAGE_LOAD, "the image archive is no regular file");
	}
	autofree char *path = engine_versioned(engine, "/images/load?quiet=1");
	struct http_request request = {
		.method = "POST",
		.path = path,
		.content_type = "application/x-tar",
		.from_fd = true,
		.fd = fd,
		.length = (uint64_t)status.st_size,
	};
	struct http_call *call = http_start(engine_http(engine), &request);
	if (!call) {
		return failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
	}
	struct load_report report = { 0 };
	int rc = follow_load(engine_http(engine), call, &report);
	if (rc < 0) {
		rc = explain_wait(engine, rc, failure);
	} else {
		rc = judge_load(engine, call, &report, ret_loaded, failure);
	}
	load_report_finish(&report);
	http_call_destroy(call);
	return rc < 0 ? -1 : 0;
}

int engine_image_list(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure)
{
	json_auto_t *filters = json_pack("{s:[s]}", "label", label);
	autofree char *json = json_dumps(filters, JSON_COMPACT);
	autofree char *query = engine_escape(json ? json : "{}");
	autofree char *path = alloc_printf("/images/json?filters=%s", query);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "list images",
		.refusal_code = EXIT_API,
	};
	json_t *answer = NULL;
	if (engine_tell_patiently(engine, &request, &answer, failure) < 0) {
		return -1;
	}
	if (!json_is_array(answer)) {
		json_decref(answer);
		return failure_set(failure, EXIT_API, "the engine's list of images is none");
	}
	*ret_list = answer;
	return 0;
}

int engine_image_remove(struct engine *engine, const char *id, struct failure *failure)
{
	autofree char *path = alloc_printf("/images/%s?force=1", id);
	struct engine_request request = {
		.method = "DELETE",
		.path = path,
		.purpose = "remove the image",
	};
	return engine_ask(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int engine_image_tag(
	struct engine *engine, const char *reference, const char *name, struct failure *failure)
{
	const char *slash = strrchr(name, '/');
	const char *colon = strchr(slash ? slash : name, ':');
	autofree char *repository =
		alloc_copy_range(name, colon ? (size_t)(colon - name) : strlen(name));
	autofree char *path = alloc_printf("/images/%s/tag?repo=%s&tag=%s", reference, repository,
		colon ? colon + 1 : "latest");
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "tag the image",
		.refusal_code = EXIT_IMAGE,
	};
	return engine_tell(engine, &request, NULL, failure) < 0 ? -1 : 0;
}
