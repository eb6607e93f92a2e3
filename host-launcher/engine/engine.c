/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/engine.h"

#include <ctype.h>
#include <curl/curl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/late.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/engine/locate.h"

/* 1.41 is docker.io 20.10's (Debian 11 and 12); the newest is what the launcher was read against.
 */
enum {
	API_OLDEST = 41,
	API_NEWEST = 51,
};

enum {
	PODMAN_TRIES = 5,
	PODMAN_PAUSE_MS = 200,
};

struct engine {
	struct http *http;
	struct endpoint endpoint;
	char prefix[24];
	struct engine_facts facts;
};

const struct engine_facts *engine_facts(const struct engine *engine)
{
	return &engine->facts;
}

const char *engine_url(const struct engine *engine)
{
	return engine->endpoint.url;
}

char *engine_complaint(const struct engine *engine)
{
	return http_complaint(engine->http);
}

void engine_set_interrupt(struct engine *engine, int fd)
{
	http_set_interrupt(engine->http, fd);
}

struct http *engine_http(struct engine *engine)
{
	return engine->http;
}

char *engine_versioned(const struct engine *engine, const char *path)
{
	return alloc_printf("%s%s", engine->prefix, path);
}

bool engine_is_local(const struct engine *engine)
{
	return endpoint_is_local(&engine->endpoint);
}

int engine_allow(struct engine *engine, const struct engine_request *request, long also_fine,
	json_t **ret_json, struct failure *failure)
{
	autofree char *path = engine_versioned(engine, request->path);
	autofree char *json = request->json ? json_dumps(request->json, JSON_COMPACT) : NULL;
	struct http_request http = {
		.method = request->method,
		.path = path,
		.timeout_ms = request->timeout_ms ? request->timeout_ms : HTTP_TIMEOUT_MS,
		.finish_ms = request->finish_ms,
		.headers = request->headers,
		.header_count = request->header_count,
	};
	if (request->upload) {
		http.content_type = "application/x-tar";
		http.body = request->upload;
		http.length = request->upload_length;
	} else if (json) {
		http.content_type = "application/json";
		http.body = json;
		http.length = strlen(json);
	}

	autofree char *body = NULL;
	size_t length = 0;
	struct http_result result = http_perform(engine->http, &http, &body, &length);
	bool fine = result.status < 400 || result.status == also_fine ||
		    (request->also_gone && result.status == 404);
	if (result.curl_code != CURLE_OK || !fine) {
		return engine_explain(engine, &result, body ? body : "", length, request, failure);
	}
	if (ret_json) {
		*ret_json = json_loadb(body, length, 0, NULL);
	}
	return (int)result.status;
}

int engine_tell(struct engine *engine, const struct engine_request *request, json_t **ret_json,
	struct failure *failure)
{
	return engine_allow(engine, request, 0, ret_json, failure);
}

int engine_ask(struct engine *engine, const struct engine_request *request, json_t **ret_json,
	struct failure *failure)
{
	return engine_allow(engine, request, 404, ret_json, failure);
}

int engine_tell_patiently(struct engine *engine, const struct engine_request *request,
	json_t **ret_json, struct failure *failure)
{
	for (int tries = engine->facts.podman ? PODMAN_TRIES : 1; tries > 1; tries--) {
		json_auto_t *answer = NULL;
		int status = engine_allow(engine, request, 500, &answer, failure);
		if (status != 500) {
			if (ret_json) {
				*ret_json = json_incref(answer);
			}
			return status;
		}
		poll(NULL, 0, PODMAN_PAUSE_MS);
	}
	return engine_tell(engine, request, ret_json, failure);
}

char *engine_escape(const char *text)
{
	char *escaped = curl_easy_escape(NULL, text, 0);
	char *copy = alloc_copy(escaped ? escaped : "");
	curl_free(escaped);
	return copy;
}

struct http_call *engine_stream(struct engine *engine, const char *method, const char *path)
{
	autofree char *versioned = engine_versioned(engine, path);
	struct http_request request = { .method = method, .path = versioned };
	return http_start(engine->http, &request);
}

/* "1.43" to 43; -1 for anything else. */
static int api_minor(const char *text)
{
	static const char major[] = "1.";
	if (!text || strncmp(text, major, strlen(major)) != 0 || !isdigit((unsigned char)text[2])) {
		return -1;
	}
	char *end;
	long minor = strtol(text + strlen(major), &end, 10);
	return *end == '\0' && minor < 10000 ? (int)minor : -1;
}

/* The newest version that both know. An engine that no longer knows it says so when it is used. */
static int agree_on_version(struct engine *engine, const char *newest_text, struct failure *failure)
{
	int newest = api_minor(newest_text);
	if (newest < API_OLDEST) {
		return failure_set(failure, EXIT_API,
			"the engine at %s speaks API version %s; berth needs 1.%d to 1.%d (Docker "
			"20.10 or newer, podman 4 or newer)",
			engine->endpoint.url, *newest_text ? newest_text : "unknown", API_OLDEST,
			API_NEWEST);
	}
	int minor = newest < API_NEWEST ? newest : API_NEWEST;
	snprintf(engine->facts.api_version, sizeof(engine->facts.api_version), "1.%d", minor);
	snprintf(engine->prefix, sizeof(engine->prefix), "/v%s", engine->facts.api_version);
	return 0;
}

static void note_security(struct engine *engine, const json_t *info)
{
	const json_t *options = json_object_get(info, "SecurityOptions");
	size_t index;
	const json_t *option;
	json_array_foreach(options, index, option)
	{
		const char *text = json_string_value(option);
		if (text && strncmp(text, "name=apparmor", strlen("name=apparmor")) == 0) {
			engine->facts.apparmor = true;
		}
		if (text && strncmp(text, "name=rootless", strlen("name=rootless")) == 0) {
			engine->facts.rootless = true;
		}
	}
}

static void note_server(struct engine *engine, const json_t *info)
{
	const char *version = json_string_value(json_object_get(info, "ServerVersion"));
	const char *root = json_string_value(json_object_get(info, "DockerRootDir"));
	snprintf(engine->facts.server_version, sizeof(engine->facts.server_version), "%s",
		version ? version : "unknown");
	engine->facts.root = root ? alloc_copy(root) : NULL;
	engine->facts.outlived = json_is_true(json_object_get(info, "LiveRestoreEnabled"));
}

static bool is_a_users(const struct endpoint *endpoint)
{
	struct stat status;
	return endpoint->kind == ENDPOINT_UNIX && stat(endpoint->path, &status) == 0 &&
	       status.st_uid != 0;
}

/* Podman is no daemon: its containers have keepers of their own. It takes apparmor=unconfined on
 * machines without AppArmor as well. */
static void note_podman(struct engine *engine, const char *version)
{
	struct engine_facts *facts = &engine->facts;
	facts->podman = true;
	facts->outlived = true;
	facts->apparmor = true;
	facts->rootless = is_a_users(&engine->endpoint);
	snprintf(facts->server_version, sizeof(facts->server_version), "%s", version);
}

/* Not by /version: to answer that, an engine starts the programs whose versions it tells. */
static int greet(struct engine *engine, struct failure *failure)
{
	struct http_header headers[] = { { .name = "Api-Version" },
		{ .name = "Libpod-Api-Version" } };
	struct engine_request ping = {
		.method = "GET",
		.path = "/_ping",
		.purpose = "tell its version",
		.refusal_code = EXIT_API,
		.timeout_ms = HTTP_GREETING_MS,
		.headers = headers,
		.header_count = sizeof(headers) / sizeof(headers[0]),
	};
	if (engine_tell(engine, &ping, NULL, failure) < 0) {
		return -1;
	}
	if (*headers[1].value) {
		note_podman(engine, headers[1].value);
	}
	return agree_on_version(engine, headers[0].value, failure);
}

int engine_learn(struct engine *engine, struct failure *failure)
{
	struct engine_request info = {
		.method = "GET",
		.path = "/info",
		.purpose = "describe itself",
		.refusal_code = EXIT_API,
		.timeout_ms = HTTP_GREETING_MS,
	};
	json_auto_t *facts = NULL;
	if (engine->facts.podman) {
		return 0;
	}
	if (engine_tell(engine, &info, &facts, failure) < 0) {
		return -1;
	}
	note_security(engine, facts);
	note_server(engine, facts);
	return 0;
}

int engine_open(const char *given, struct engine **ret_engine, struct failure *failure)
{
	if (late_load(failure) < 0) {
		return -1;
	}
	struct engine *engine = alloc_zero(1, sizeof(*engine));
	if (locate_engine(given, &engine->endpoint, failure) < 0) {
		engine_close(engine);
		return -1;
	}
	if (http_create(&engine->endpoint, &engine->http) < 0) {
		engine_close(engine);
		return failure_set(failure, EXIT_INTERNAL, "cannot set up libcurl");
	}
	engine_set_interrupt(engine, signals_watched());
	if (greet(engine, failure) < 0) {
		engine_close(engine);
		return -1;
	}
	*ret_engine = engine;
	return 0;
}

enum engine_pulse engine_feel_pulse(struct engine *engine, const char *path, json_t **ret_json)
{
	autofree char *versioned = engine_versioned(engine, path);
	struct http_request request = {
		.method = "GET",
		.path = versioned,
		.timeout_ms = HTTP_PULSE_MS,
	};
	autofree char *body = NULL;
	size_t length = 0;
	*ret_json = NULL;
	struct http_result result = http_perform(engine->http, &request, &body, &length);
	if (result.curl_code == CURLE_COULDNT_CONNECT) {
		return ENGINE_GONE;
	}
	if (result.curl_code != CURLE_OK || result.status != 200) {
		return result.status == 404 ? ENGINE_FORGOT : ENGINE_UNSURE;
	}
	*ret_json = json_loadb(body, length, 0, NULL);
	return *ret_json ? ENGINE_ALIVE : ENGINE_UNSURE;
}

void engine_close(struct engine *engine)
{
	if (engine) {
		http_destroy(engine->http);
		endpoint_finish(&engine->endpoint);
		free(engine->facts.root);
		free(engine);
	}
}
