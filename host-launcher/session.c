/* SPDX-License-Identifier: MIT */
#include "host-launcher/session.h"

#include <curl/curl.h>
#include <string.h>

#include "host-launcher/clock.h"
#include "host-launcher/container.h"
#include "host-launcher/message.h"
#include "host-launcher/signals.h"
#include "host-launcher/stream.h"

enum {
	IDLE_MS = 60 * 1000,
	/* A container that ended has little left to say; an engine that does not close its stream
	 * is not waited for longer. */
	DRAIN_MS = 10 * 1000,
};

struct session {
	const struct session_request *request;
	struct http *http;
	struct http_call *attach;
	struct http_call *wait;
	struct stream stream;
	bool garbled;
	int64_t drain_until_ms; /* -1: the container still runs */
};

static void act(struct session *session, enum stopper_action action)
{
	const struct session_request *request = session->request;
	struct failure failure;
	int rc = 0;
	switch (action) {
	case STOPPER_NOTHING:
	case STOPPER_DETACH:
		return;
	case STOPPER_ASK:
		message_note(
			"stopping the build, it has %lld s to clean up; a second signal kills it",
			(long long)(request->stop_timeout_ms / 1000));
		rc = container_kill(request->engine, request->id, "SIGTERM", &failure);
		break;
	case STOPPER_KILL:
		message_note("killing the build");
		rc = container_kill(request->engine, request->id, "SIGKILL", &failure);
		break;
	}
	if (rc < 0) {
		message_failure(&failure);
	}
}

static void on_frame(enum stream_source source, const char *data, size_t length, void *user)
{
	(void)source; /* both streams are one log */
	output_add(user, data, length);
}

/* Takes from the attached stream what the output has room for. */
static void move_log(struct session *session)
{
	struct output *output = session->request->output;
	while (!output_full(output)) {
		const char *data;
		size_t length = http_call_peek(session->attach, &data);
		if (length == 0) {
			return;
		}
		length = length < OUTPUT_WINDOW ? length : OUTPUT_WINDOW;
		if (!session->garbled &&
			stream_feed(&session->stream, data, length, on_frame, output) < 0) {
			session->garbled = true;
			message_warn("the engine sent a log that makes no sense; the rest of it is "
				     "lost");
		}
		http_call_consume(session->attach, length);
		output_flush(output);
	}
}

static void take_signals(struct session *session)
{
	struct stopper *stopper = session->request->stopper;
	for (int signal; (signal = signals_read(session->request->signal_fd));) {
		act(session, stopper_on_signal(stopper, signal, clock_now_ms()));
	}
	if (!http_call_done(session->wait)) {
		act(session, stopper_on_time(stopper, clock_now_ms()));
	}
}

static bool log_is_through(const struct session *session)
{
	const char *data;
	return http_call_done(session->attach) && http_call_peek(session->attach, &data) == 0 &&
	       !output_pending(session->request->output);
}

/* The container ended; its log is through, or has stalled. A second signal cuts it short. */
static bool is_over(struct session *session)
{
	int64_t now_ms = clock_now_ms();
	if (session->request->stopper->stage == STOPPER_DETACHED) {
		return true;
	}
	if (!http_call_done(session->wait)) {
		return false;
	}
	if (log_is_through(session)) {
		return true;
	}
	if (session->drain_until_ms < 0) {
		session->drain_until_ms = now_ms + DRAIN_MS;
	}
	/* What our own reader is slow with is waited for; what the engine owes is not, for ever. */
	return !output_pending(session->request->output) && now_ms >= session->drain_until_ms;
}

static int wait_ms(const struct session *session)
{
	int64_t now_ms = clock_now_ms();
	int longest_ms = IDLE_MS;
	if (session->drain_until_ms >= 0) {
		int64_t left_ms = session->drain_until_ms - now_ms;
		longest_ms = left_ms > 0 ? (int)left_ms : 0;
	}
	return stopper_wait_ms(session->request->stopper, now_ms, longest_ms);
}

/* Waits for something to happen and deals with it. The log comes first: a request that was made
 * meanwhile has let some of it in already, and nothing would wake us up for that. */
static int step(struct session *session)
{
	struct output *output = session->request->output;
	move_log(session);
	struct curl_waitfd fds[2] = {
		{ .fd = session->request->signal_fd, .events = CURL_WAIT_POLLIN },
		{ .fd = output->fd, .events = CURL_WAIT_POLLOUT },
	};
	if (http_poll(session->http, fds, output_pending(output) ? 2 : 1, wait_ms(session)) < 0) {
		return -1;
	}
	output_flush(output);
	take_signals(session);
	return 0;
}

static int await_answer(struct session *session, struct http_call *call, struct failure *failure)
{
	struct engine_request request = {
		.purpose = "attach to the container",
		.refusal_code = EXIT_CANNOT_START,
	};
	int64_t deadline_ms = clock_now_ms() + HTTP_TIMEOUT_MS;
	while (!http_call_answered(call) && !http_call_done(call)) {
		int64_t left_ms = deadline_ms - clock_now_ms();
		if (left_ms <= 0 || http_poll(session->http, NULL, 0, (int)left_ms) < 0) {
			return failure_set(failure, EXIT_NO_ENGINE,
				"the container engine did not attach to the container in time");
		}
	}
	struct http_result result = http_call_result(call);
	if (http_call_done(call) || result.status >= 400) {
		const char *body;
		size_t length = http_call_peek(call, &body);
		return engine_explain(
			session->request->engine, &result, body, length, &request, failure);
	}
	return 0;
}

/* Until the engine listens on both channels: what happens before that would be missed. */
static int await_both(struct session *session, struct failure *failure)
{
	if (!session->attach || !session->wait) {
		return failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
	}
	return await_answer(session, session->attach, failure) < 0
		       ? -1
		       : await_answer(session, session->wait, failure);
}

/* {"Error":null,"StatusCode":0}: only this is the end of a build. */
static void read_end(const struct session *session, struct session_end *end)
{
	const char *body;
	size_t length = http_call_peek(session->wait, &body);
	json_auto_t *answer = json_loadb(body, length, 0, NULL);
	const json_t *code = json_object_get(answer, "StatusCode");
	const json_t *error = json_object_get(answer, "Error");
	const char *text = json_string_value(json_object_get(error, "Message"));
	if (text && *text) {
		message_warn("the engine says of the container's end: %s", text);
	}
	*end = (struct session_end) {
		.ended = http_call_done(session->wait) && json_is_integer(code),
		.exit_code = (int)json_integer_value(code),
	};
}

static int run(struct session *session, struct session_end *ret_end, struct failure *failure)
{
	const struct session_request *request = session->request;
	if (await_both(session, failure) < 0 ||
		container_start(request->engine, request->id, failure) < 0) {
		return -1;
	}
	stopper_init(request->stopper, clock_now_ms(), request->build_timeout_ms,
		request->stop_timeout_ms);
	while (!is_over(session)) {
		if (step(session) < 0) {
			break;
		}
	}
	read_end(session, ret_end);
	return 0;
}

int session_run(
	const struct session_request *request, struct session_end *ret_end, struct failure *failure)
{
	struct session session = {
		.request = request,
		.http = engine_http(request->engine),
		.attach = container_attach(request->engine, request->id),
		.wait = container_wait(request->engine, request->id),
		.drain_until_ms = -1,
	};
	int rc = run(&session, ret_end, failure);
	http_call_destroy(session.attach);
	http_call_destroy(session.wait);
	return rc;
}
