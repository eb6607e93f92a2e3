/* SPDX-License-Identifier: MIT */
/* engine_explain() of engine.h: what went wrong with a request, in words for a person. */
#include <curl/curl.h>
#include <errno.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/engine/engine.h"
#include "host-launcher/engine/engine_error.h"

static int explain_connection(
	const struct engine *engine, const struct http_result *result, struct failure *failure)
{
	switch (result->os_errno) {
	case ENOENT:
		return failure_set(failure, EXIT_NO_ENGINE,
			"no container engine at %s: install docker.io and start it, or name "
			"another with --engine",
			engine_url(engine));
	case ECONNREFUSED:
		return failure_set(failure, EXIT_NO_ENGINE,
			"no container engine answers at %s: start it (systemctl start docker)",
			engine_url(engine));
	case EACCES:
	case EPERM:
		return failure_set(failure, EXIT_PERMISSION,
			"no permission to use the container engine at %s: run this with sudo "
			"(membership of group docker is root access for good)",
			engine_url(engine));
	default:
		return failure_set(failure, EXIT_NO_ENGINE,
			"cannot connect to the container engine at %s: %s", engine_url(engine),
			result->os_errno ? strerror(result->os_errno) : result->text);
	}
}

/* What ssh has to say of it is more to the point than that the connection ended. */
static int explain_loss(const struct engine *engine, const struct http_result *result,
	const char *purpose, struct failure *failure)
{
	autofree char *complaint = engine_complaint(engine);
	return failure_set(failure, EXIT_NO_ENGINE,
		"lost the container engine at %s on the way to %s: %s", engine_url(engine), purpose,
		complaint ? complaint : result->text);
}

static int explain_transfer(const struct engine *engine, const struct http_result *result,
	const char *purpose, struct failure *failure)
{
	if (result->interrupted) {
		return failure_set(failure, EXIT_INTERNAL,
			"interrupted by a signal on the way to %s", purpose);
	}
	switch (result->curl_code) {
	case CURLE_COULDNT_CONNECT:
		return explain_connection(engine, result, failure);
	case CURLE_COULDNT_RESOLVE_HOST:
		return failure_set(failure, EXIT_NO_ENGINE,
			"cannot find the container engine's host: %s", result->text);
	case CURLE_OPERATION_TIMEDOUT:
		return failure_set(failure, EXIT_NO_ENGINE,
			"the container engine at %s did not %s in time", engine_url(engine),
			purpose);
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_SSL_CERTPROBLEM:
	case CURLE_SSL_CONNECT_ERROR:
		return failure_set(failure, EXIT_NO_ENGINE,
			"no trusted connection to the container engine at %s: %s (certificates "
			"come from DOCKER_CERT_PATH or ~/.docker)",
			engine_url(engine), result->text);
	default:
		return explain_loss(engine, result, purpose, failure);
	}
}

/* An engine that no longer knows the version agreed on says so at the first request with it:
 * "client version 1.51 is too old. Minimum supported API version is 1.60, ...". */
static bool is_of_version(const struct http_result *result, const char *text)
{
	static const char beginning[] = "client version ";
	return result->status == 400 && strncmp(text, beginning, strlen(beginning)) == 0;
}

int engine_explain(const struct engine *engine, const struct http_result *result, const char *body,
	size_t length, const struct engine_request *request, struct failure *failure)
{
	if (result->curl_code != CURLE_OK) {
		return explain_transfer(engine, result, request->purpose, failure);
	}
	autofree char *text = engine_error_text(body, length);
	if (is_of_version(result, text)) {
		return failure_set(failure, EXIT_API,
			"the container engine at %s needs a newer berth: this one speaks API "
			"version %s and older (%s)",
			engine_url(engine), engine_facts(engine)->api_version, text);
	}
	return failure_set(failure, request->refusal_code ? request->refusal_code : EXIT_INTERNAL,
		"the container engine did not %s: %s (HTTP %ld)", request->purpose, text,
		result->status);
}
