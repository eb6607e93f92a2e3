/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/fetch.h"

#include <curl/curl.h>
#include <string.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/plan/plan.h"
#include "host-launcher/results/init_result.h"

struct transfer {
	const struct fetch_request *request;
	struct http_call *call;
	size_t lent; /* bytes of the last piece, to be consumed */
};

static int lost(struct failure *failure, const char *how)
{
	return failure_set(
		failure, EXIT_ENGINE_LOST, "the engine did not send the results: %s", how);
}

static int begin(struct transfer *transfer, const char *path, struct failure *failure)
{
	const struct fetch_request *request = transfer->request;
	transfer->call = container_download(request->engine, request->id, path);
	return transfer->call ? 0 : failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
}

/* Until something happens; `deadline_ms` is when the engine has been silent for too long. */
static int wait_for_more(struct transfer *transfer, int64_t deadline_ms, struct failure *failure)
{
	int64_t left_ms = deadline_ms - clock_now_ms();
	if (left_ms <= 0) {
		return failure_set(failure, EXIT_ENGINE_LOST,
			"the engine did not send the results: nothing came for %d s, look at its "
			"log",
			HTTP_TIMEOUT_MS / 1000);
	}
	struct curl_waitfd fd = {
		.fd = transfer->request->signal_fd,
		.events = CURL_WAIT_POLLIN,
	};
	if (http_poll(engine_http(transfer->request->engine), &fd, 1, (int)left_ms) < 0) {
		return failure_set(failure, EXIT_INTERNAL, "cannot wait for the engine");
	}
	int signal = signals_read(transfer->request->signal_fd);
	if (signal) {
		return failure_set(failure, EXIT_SIGNAL_BASE + signal,
			"stopped by signal %s while fetching the results", sigabbrev_np(signal));
	}
	return 0;
}

static ssize_t next_piece(void *user, const void **ret_data, struct failure *failure)
{
	struct transfer *transfer = user;
	const char *data;
	http_call_consume(transfer->call, transfer->lent);
	transfer->lent = 0;
	/* From now on: how long the piece before took to be written is not the engine's fault. */
	int64_t deadline_ms = clock_now_ms() + HTTP_TIMEOUT_MS;
	for (;;) {
		size_t length = http_call_peek(transfer->call, &data);
		if (length) {
			transfer->lent = length;
			*ret_data = data;
			return (ssize_t)length;
		}
		if (http_call_done(transfer->call)) {
			break;
		}
		if (wait_for_more(transfer, deadline_ms, failure) < 0) {
			return -1;
		}
	}
	struct http_result result = http_call_result(transfer->call);
	return result.curl_code == CURLE_OK ? 0 : lost(failure, result.text);
}

/* The answer's status, before its body is taken for an archive. */
static int check_status(struct transfer *transfer, struct failure *failure)
{
	int64_t deadline_ms = clock_now_ms() + HTTP_TIMEOUT_MS;
	while (!http_call_answered(transfer->call) && !http_call_done(transfer->call)) {
		if (wait_for_more(transfer, deadline_ms, failure) < 0) {
			return -1;
		}
	}
	struct http_result result = http_call_result(transfer->call);
	if (result.curl_code != CURLE_OK) {
		return lost(failure, result.text);
	}
	if (result.status == 404) {
		return failure_set(failure, EXIT_NO_ARTIFACTS,
			"the engine has no results: the build removed " PLAN_ARTIFACTS_PATH);
	}
	return result.status == 200 ? 0 : lost(failure, "it refused");
}

int fetch_results(const struct fetch_request *request, struct unpack_result *unpacked,
	struct failure *failure)
{
	static const char *const reserved[] = { RESULTS_LOG, RESULTS_INFO, RESULTS_SUMS, NULL };
	*unpacked = (struct unpack_result) { 0 };
	struct transfer transfer = { .request = request };
	if (begin(&transfer, PLAN_ARTIFACTS_PATH, failure) < 0) {
		return -1;
	}
	int rc = check_status(&transfer, failure);
	if (rc == 0) {
		struct unpack_request unpack = {
			.directory_fd = request->results->partial_fd,
			.top = &PLAN_ARTIFACTS_PATH[1],
			.uid = request->results->uid,
			.gid = request->results->gid,
			.reserved = reserved,
			.source = next_piece,
			.user = &transfer,
		};
		rc = unpack_archive(&unpack, unpacked, failure);
	}
	http_call_destroy(transfer.call);
	return rc;
}

/* What comes behind INIT_RESULT_MAX bytes is left. */
static int read_all(struct transfer *transfer, struct buffer *all, struct failure *failure)
{
	for (;;) {
		const void *piece;
		ssize_t length = next_piece(transfer, &piece, failure);
		if (length <= 0 || all->length + (size_t)length > INIT_RESULT_MAX) {
			return length < 0 ? -1 : 0;
		}
		buffer_append(all, piece, (size_t)length);
	}
}

int fetch_is_oom(const struct fetch_request *request, bool *ret_oom, struct failure *failure)
{
	struct transfer transfer = { .request = request };
	struct buffer archive = { 0 };
	*ret_oom = false;
	if (begin(&transfer, INIT_RESULT_PATH, failure) < 0) {
		return -1;
	}
	int rc = check_status(&transfer, failure);
	if (rc == 0) {
		rc = read_all(&transfer, &archive, failure);
	}
	if (rc == 0) {
		*ret_oom = init_result_is_oom(buffer_text(&archive), archive.length);
	}
	http_call_destroy(transfer.call);
	buffer_finish(&archive);
	return rc;
}
