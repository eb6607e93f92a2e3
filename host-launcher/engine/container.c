/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/container.h"

#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"

enum {
	/* A person waits for this one. */
	KILL_TIMEOUT_MS = 5000,
	/* An engine goes on with these whether or not it is listened to, and what comes of them has
	 * to be removed. */
	FINISH_MS = 30 * 1000,
};

int container_create(struct engine *engine, const char *name, const json_t *body, char **ret_id,
	struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/create?name=%s", name);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.json = body,
		.purpose = "create the container",
		.finish_ms = FINISH_MS,
		.refusal_code = EXIT_CANNOT_START,
	};
	json_auto_t *answer = NULL;
	if (engine_tell(engine, &request, &answer, failure) < 0) {
		return -1;
	}
	const char *id = json_string_value(json_object_get(answer, "Id"));
	if (!id) {
		return failure_set(failure, EXIT_API, "the engine gave the new container no ID");
	}
	*ret_id = alloc_copy(id);
	return 0;
}

int container_upload(struct engine *engine, const char *id, const void *archive, uint64_t length,
	struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/archive?path=/", id);
	struct engine_request request = {
		.method = "PUT",
		.path = path,
		.upload = archive,
		.upload_length = length,
		.purpose = "put berth's files into the container",
		.refusal_code = EXIT_CANNOT_START,
	};
	return engine_tell(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int container_start(struct engine *engine, const char *id, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/start", id);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "start the container",
		.finish_ms = FINISH_MS,
		.refusal_code = EXIT_CANNOT_START,
	};
	return engine_tell(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int container_kill(
	struct engine *engine, const char *id, const char *signal, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/kill?signal=%s", id, signal);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "signal the container",
		.timeout_ms = KILL_TIMEOUT_MS,
	};
	return engine_allow(engine, &request, 409, NULL, failure) < 0 ? -1 : 0;
}

int container_stop(struct engine *engine, const char *id, int64_t grace_ms, struct failure *failure)
{
	int64_t grace_s = (grace_ms + 999) / 1000;
	autofree char *path = alloc_printf("/containers/%s/stop?t=%lld", id, (long long)grace_s);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "stop the container",
		.also_gone = true,
		.timeout_ms = grace_ms + HTTP_TIMEOUT_MS,
	};
	return engine_tell_patiently(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int container_inspect(struct engine *engine, const char *id, struct container_end *ret_end,
	struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/json", id);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "describe the container",
		.refusal_code = EXIT_ENGINE_LOST,
	};
	json_auto_t *answer = NULL;
	if (engine_tell(engine, &request, &answer, failure) < 0) {
		return -1;
	}
	const json_t *state = json_object_get(answer, "State");
	const char *error = json_string_value(json_object_get(state, "Error"));
	const char *finished = json_string_value(json_object_get(state, "FinishedAt"));
	int64_t finished_ms = 0;
	/* The year 1 stands for never. */
	if (!finished || clock_parse_time(finished, &finished_ms) < 0 || finished_ms < 0) {
		finished_ms = 0;
	}
	*ret_end = (struct container_end) {
		.exit_code = (int)json_integer_value(json_object_get(state, "ExitCode")),
		.oom_killed = json_is_true(json_object_get(state, "OOMKilled")),
		.finished_ms = finished_ms,
		.error = error && *error ? alloc_copy(error) : NULL,
	};
	return 0;
}

enum container_life container_judge_life(const json_t *container)
{
	const json_t *state = json_object_get(container, "State");
	const json_t *running = json_object_get(state, "Running");
	const char *status = json_string_value(json_object_get(state, "Status"));
	if (!json_is_boolean(running)) {
		return CONTAINER_UNSURE;
	}
	if (json_is_true(running) || (status && strcmp(status, "stopping") == 0)) {
		return CONTAINER_RUNS;
	}
	return status && strcmp(status, "created") == 0 ? CONTAINER_NEW : CONTAINER_OVER;
}

enum container_life container_ask_life(struct engine *engine, const char *id)
{
	autofree char *path = alloc_printf("/containers/%s/json", id);
	json_auto_t *answer = NULL;
	switch (engine_feel_pulse(engine, path, &answer)) {
	case ENGINE_ALIVE:
		return container_judge_life(answer);
	case ENGINE_FORGOT:
		return CONTAINER_OVER;
	case ENGINE_GONE:
	case ENGINE_UNSURE:
		break;
	}
	return CONTAINER_UNSURE;
}

bool container_has_ended(struct engine *engine, const char *id)
{
	return container_ask_life(engine, id) == CONTAINER_OVER;
}

/* A removal that was asked for before is under way. */
static int await_removal(struct engine *engine, const char *id, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/wait?condition=removed", id);
	struct engine_request request = {
		.method = "POST",
		.path = path,
		.purpose = "remove the container",
	};
	return engine_ask(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int container_remove(struct engine *engine, const char *id, struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s?force=1&v=1", id);
	struct engine_request request = {
		.method = "DELETE",
		.path = path,
		.purpose = "remove the container",
		.also_gone = true,
	};
	if (engine_facts(engine)->podman) {
		return engine_tell_patiently(engine, &request, NULL, failure) < 0 ? -1 : 0;
	}
	int status = engine_allow(engine, &request, 409, NULL, failure);
	if (status == 409) {
		return await_removal(engine, id, failure);
	}
	return status < 0 ? -1 : 0;
}

int container_create_volume(struct engine *engine, const char *name, const char *label,
	const char *value, char **ret_folder, struct failure *failure)
{
	json_auto_t *body = json_pack("{s:s, s:{s:s}}", "Name", name, "Labels", label, value);
	json_auto_t *answer = NULL;
	struct engine_request request = {
		.method = "POST",
		.path = "/volumes/create",
		.json = body,
		.purpose = "create a volume",
		.finish_ms = FINISH_MS,
		.refusal_code = EXIT_CANNOT_START,
	};
	if (engine_tell_patiently(engine, &request, &answer, failure) < 0) {
		return -1;
	}
	const char *folder = json_string_value(json_object_get(answer, "Mountpoint"));
	*ret_folder = folder ? alloc_copy(folder) : NULL;
	return 0;
}

int container_remove_volume(struct engine *engine, const char *name, struct failure *failure)
{
	autofree char *path = alloc_printf("/volumes/%s", name);
	struct engine_request request = {
		.method = "DELETE",
		.path = path,
		.purpose = "remove the build's work volume",
		.also_gone = true,
	};
	return engine_tell_patiently(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

/* What of `things` carries a label. */
static int list(struct engine *engine, const char *things, const char *label, json_t **ret_answer,
	struct failure *failure)
{
	json_auto_t *filters = json_pack("{s:[s]}", "label", label);
	autofree char *json = json_dumps(filters, JSON_COMPACT);
	autofree char *query = engine_escape(json ? json : "{}");
	autofree char *path = alloc_printf("%sfilters=%s", things, query);
	struct engine_request request = {
		.method = "GET",
		.path = path,
		.purpose = "list containers and volumes",
		.refusal_code = EXIT_API,
	};
	return engine_tell(engine, &request, ret_answer, failure) < 0 ? -1 : 0;
}

int container_list(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure)
{
	json_t *answer = NULL;
	if (list(engine, "/containers/json?all=1&", label, &answer, failure) < 0) {
		return -1;
	}
	if (!json_is_array(answer)) {
		json_decref(answer);
		return failure_set(failure, EXIT_API, "the engine's list of containers is none");
	}
	*ret_list = answer;
	return 0;
}

int container_list_volumes(
	struct engine *engine, const char *label, json_t **ret_list, struct failure *failure)
{
	json_auto_t *answer = NULL;
	if (list(engine, "/volumes?", label, &answer, failure) < 0) {
		return -1;
	}
	/* Docker says null where there are none. */
	json_t *volumes = json_object_get(answer, "Volumes");
	*ret_list = json_is_array(volumes) ? json_incref(volumes) : json_array();
	return 0;
}

struct http_call *container_attach(struct engine *engine, const char *id)
{
	autofree char *path = alloc_printf("/containers/%s/attach?stream=1&stdout=1&stderr=1", id);
	return engine_stream(engine, "POST", path);
}

struct http_call *container_wait(struct engine *engine, const char *id)
{
	autofree char *path = alloc_printf("/containers/%s/wait?condition=next-exit", id);
	return engine_stream(engine, "POST", path);
}

struct http_call *container_wait_stopped(struct engine *engine, const char *id)
{
	/* Docker's way is a loop without a pause in podman, a whole processor for as long as the
	 * build takes. Its own looks four times a second, and answers with the code alone. */
	bool podman = engine_facts(engine)->podman;
	autofree char *path =
		alloc_printf("%s/containers/%s/wait?condition=%s", podman ? "/libpod" : "", id,
			podman ? "stopped&condition=exited&interval=250ms" : "not-running");
	return engine_stream(engine, "POST", path);
}

/* {"Error":null,"StatusCode":0}, or 0 */
int container_read_code(const struct http_call *wait, int *ret_code)
{
	const char *body;
	size_t length = http_call_peek(wait, &body);
	json_auto_t *answer = json_loadb(body, length, JSON_DECODE_ANY, NULL);
	const json_t *code =
		json_is_integer(answer) ? answer : json_object_get(answer, "StatusCode");
	const json_t *error = json_object_get(answer, "Error");
	const char *text = json_string_value(json_object_get(error, "Message"));
	if (!json_is_integer(code) || http_call_status(wait) >= 300) {
		return -1;
	}
	if (text && *text) {
		message_warn("the engine says of the container's end: %s", text);
		return 0;
	}
	*ret_code = (int)json_integer_value(code);
	return *ret_code >= 0 ? 1 : 0;
}

struct http_call *container_logs(struct engine *engine, const char *id, bool follow)
{
	autofree char *path =
		alloc_printf("/containers/%s/logs?stdout=1&stderr=1&follow=%d", id, follow);
	return engine_stream(engine, "GET", path);
}

struct http_call *container_stats(struct engine *engine, const char *id)
{
	autofree char *path = alloc_printf("/containers/%s/stats?stream=1", id);
	return engine_stream(engine, "GET", path);
}

struct http_call *container_download(struct engine *engine, const char *id, const char *path)
{
	autofree char *escaped = engine_escape(path);
	autofree char *query = alloc_printf("/containers/%s/archive?path=%s", id, escaped);
	return engine_stream(engine, "GET", query);
}
