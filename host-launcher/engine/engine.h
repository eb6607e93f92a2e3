/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A container engine behind Docker's HTTP API (https://docs.docker.com/engine/api/): the
 * connection, the agreement on an API version, and what its errors mean. What is asked of it is
 * in engine_image.h and container.h. All calls block, HTTP_TIMEOUT_MS at most unless noted.
 */

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/engine/http.h"

struct engine;

/* What the engine says of itself: docker the first two as it is greeted and the others to
 * engine_learn(), podman all as it is greeted, but for `root`. */
struct engine_facts {
	char api_version[16];
	bool podman;
	char server_version[64];
	bool apparmor; /* its default AppArmor profile forbids mount(2), or may */
	bool rootless; /* of podman: its socket here is not root's */
	bool outlived; /* containers go on when the engine's own process ends */
	char *root;    /* the folder of its data, where it runs; NULL: it did not say */
};

struct engine_request {
	const char *method;
	const char *path;    /* without the version; encoded */
	const json_t *json;  /* body, or NULL */
	const char *purpose; /* "create the container": for messages */
	int refusal_code;    /* exit code when the engine says no; 0: EXIT_INTERNAL */
	int64_t timeout_ms;  /* 0: HTTP_TIMEOUT_MS */
	bool also_gone;      /* 404 is no failure */
	int64_t finish_ms;   /* see http.h */
	const void *upload;  /* a tar archive as body, or NULL */
	uint64_t upload_length;
	struct http_header *headers; /* of the response: see http.h */
	size_t header_count;
};

/* Connects to the engine that locate_engine() finds for `given` and agrees on an API version.
 * Failure: EXIT_USAGE, EXIT_NO_ENGINE, EXIT_PERMISSION, EXIT_API. */
int engine_open(const char *given, struct engine **ret_engine, struct failure *failure);
void engine_close(struct engine *engine);

/* Asks for the other facts. Not podman, whose greeting is enough: it would run dpkg-query or the
 * like for each of its helpers, half a second of it. */
int engine_learn(struct engine *engine, struct failure *failure);

/* Whether it sees this machine's files: else nothing can be mounted from here. */
bool engine_is_local(const struct engine *engine);

/* Requests that block give up once `fd` is readable; -1: they do not. */
void engine_set_interrupt(struct engine *engine, int fd);

/* What ssh complained of last, owned by the caller, or NULL. */
char *engine_complaint(const struct engine *engine);

const struct engine_facts *engine_facts(const struct engine *engine);
const char *engine_url(const struct engine *engine);

/* One request. Returns the HTTP status, which is 200-399 (or, for engine_allow(), `also_fine`, and
 * for engine_ask() or with `also_gone`, 404); else -1. `ret_json` may be NULL; it is set to the
 * parsed body, or NULL when that is not JSON. The caller owns it. */
int engine_tell(struct engine *engine, const struct engine_request *request, json_t **ret_json,
	struct failure *failure);
int engine_ask(struct engine *engine, const struct engine_request *request, json_t **ret_json,
	struct failure *failure);
int engine_allow(struct engine *engine, const struct engine_request *request, long also_fine,
	json_t **ret_json, struct failure *failure);

/* The same as engine_tell(), but podman is asked up to five times in a second: it answers 500 where
 * another one was a moment faster with the same volume, container or image, where it still unpacks
 * for somebody who is gone, and where its disk is full: there it takes a container away but says
 * that it failed. Asked again, it does what it is asked for. */
int engine_tell_patiently(struct engine *engine, const struct engine_request *request,
	json_t **ret_json, struct failure *failure);

/* What became of an engine whose connection broke. */
enum engine_pulse {
	ENGINE_ALIVE,  /* it answers */
	ENGINE_FORGOT, /* it answers, and knows no such thing */
	ENGINE_GONE,   /* nothing listens there */
	ENGINE_UNSURE, /* no answer, or none that makes sense: ask again */
};

/* Asks for `path` as JSON, which the caller owns; NULL unless alive. Blocks HTTP_PULSE_MS at most.
 */
enum engine_pulse engine_feel_pulse(struct engine *engine, const char *path, json_t **ret_json);

/* `text` as part of a query. Owned by the caller. */
char *engine_escape(const char *text);

/* Begins a request whose response is a stream; for it and http_poll() see http.h. */
struct http_call *engine_stream(struct engine *engine, const char *method, const char *path);
struct http *engine_http(struct engine *engine);

/* `path` with the version agreed on in front. Owned by the caller. */
char *engine_versioned(const struct engine *engine, const char *path);

/* Explains a call that ended badly: no connection, or a status of 400 and more. */
int engine_explain(const struct engine *engine, const struct http_result *result, const char *body,
	size_t length, const struct engine_request *request, struct failure *failure);
