/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/session.h"

#include <curl/curl.h>
#include <string.h>

#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/base/standstill.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/log/log_feed.h"
#include "host-launcher/run/rejoin.h"

enum {
	IDLE_MS = 60 * 1000,
	/* To answer the wait for a container of which the engine says that it ended. */
	ANSWER_MS = 10 * 1000,
	/* Without a byte of the log, until the engine is asked whether the container still runs. */
	SILENCE_MS = 30 * 1000,
	/* The same for the rest of the log, once the container ended. */
	REST_MS = 10 * 1000,
};

struct session {
	const struct session_request *request;
	struct http *http;
	struct log_feed feed;
	struct http_call *wait;
	struct http_call *stats; /* or NULL */
	struct telling telling;
	int64_t ended_ms; /* when the engine said first that it ended, though not in answer to
			     `wait`; or 0 */
	bool over;        /* the container ended or is lost: `end` tells */
	struct session_end end;
	bool resting;                 /* ... and that was dealt with */
	enum stopper_stage end_stage; /* what it had come to by then */
	struct standstill silence;    /* of the log, until then */
	struct standstill rest;       /* of the log, once the container ended */
};

static void act(struct session *session, enum stopper_action action)
{
	const struct session_request *request = session->request;
	struct failure failure;
	int rc = 0;
	/* Words come last: who reads them may keep us waiting. */
	switch (action) {
	case STOPPER_NOTHING:
	case STOPPER_DETACH:
		return;
	case STOPPER_ASK:
		rc = container_kill(request->engine, request->id, "SIGTERM", &failure);
		telling_stop(request->stop_timeout_ms);
		message_note(
			"stopping the build, it has %lld s to clean up; a second signal kills it",
			(long long)(request->stop_timeout_ms / 1000));
		break;
	case STOPPER_KILL:
		rc = container_kill(request->engine, request->id, "SIGKILL", &failure);
		message_note("killing the build");
		break;
	}
	if (rc < 0) {
		message_failure(&failure);
	}
}

/* The same where only the rest of the log is still to be passed on. */
static void act_at_end(const struct session *session, enum stopper_action action)
{
	if (action == STOPPER_ASK) {
		message_note("the build has ended; %lld s for who reads its log, a second signal "
			     "does not wait for that",
			(long long)(session->request->stop_timeout_ms / 1000));
	}
}

static void take_signals(struct session *session)
{
	struct stopper *stopper = session->request->stopper;
	enum stopper_action action;
	for (int signal; (signal = signals_read(session->request->signal_fd));) {
		action = stopper_on_signal(stopper, signal, clock_now_ms());
		session->over ? act_at_end(session, action) : act(session, action);
	}
	/* A build that has ended does not take too long any more. */
	if (!session->over || stopper->stage != STOPPER_RUNNING) {
		action = stopper_on_time(stopper, clock_now_ms());
		session->over ? act_at_end(session, action) : act(session, action);
	}
}

static bool log_is_through(const struct session *session)
{
	return log_feed_ended(&session->feed) && log_feed_is_whole(&session->feed) &&
	       !output_pending(session->request->output);
}

/* The container ended; its log is through, or has stalled. A second signal cuts it short. */
static bool is_over(struct session *session)
{
	enum stopper_stage stage = session->request->stopper->stage;
	if (stage == STOPPER_DETACHED) {
		return true;
	}
	if (!session->over) {
		return false;
	}
	bool impatient = stage == STOPPER_KILLED && session->end_stage != STOPPER_KILLED;
	if (impatient || log_is_through(session)) {
		return true;
	}
	if (!session->end.ended) {
		return !output_pending(session->request->output);
	}
	/* What our own reader is slow with is waited for; what the engine owes is not, for ever. */
	bool stalled = standstill_is_over(&session->rest, session->feed.moved, clock_now_ms());
	if (!stalled || output_pending(session->request->output)) {
		return false;
	}
	if (log_feed_ask_again(&session->feed)) {
		standstill_begin_anew(&session->rest, REST_MS, session->feed.moved, clock_now_ms());
		return false;
	}
	message_warn("the log may not be whole: the engine does not end it");
	return true;
}

static int wait_ms(const struct session *session)
{
	const struct stopper *stopper = session->request->stopper;
	int64_t now_ms = clock_now_ms();
	int longest_ms = telling_wait_ms(&session->telling, now_ms, IDLE_MS);
	if (!session->over) {
		longest_ms = standstill_wait_ms(&session->silence, now_ms, longest_ms);
	} else if (!output_pending(session->request->output)) {
		longest_ms = standstill_wait_ms(&session->rest, now_ms, longest_ms);
	}
	/* What is late, and waits for something else, is no reason to turn round and round. */
	if (!session->over || !log_feed_is_whole(&session->feed)) {
		longest_ms = log_feed_wait_ms(&session->feed, now_ms, longest_ms);
	}
	if (!session->over || stopper->stage != STOPPER_RUNNING) {
		longest_ms = stopper_wait_ms(stopper, now_ms, longest_ms);
	}
	return longest_ms;
}

/* Where the engine does not answer the wait for the container. */
static void look_for_build(struct session *session)
{
	const struct session_request *request = session->request;
	int code = 0;
	switch (rejoin_container(request->engine, request->id, request->signal_fd, &code)) {
	case REJOIN_RUNNING:
		message_note("the build goes on");
		http_call_destroy(session->wait);
		session->wait = container_wait_stopped(request->engine, request->id);
		return;
	case REJOIN_ENDED:
		session->end = (struct session_end) { .ended = true, .exit_code = code };
		break;
	case REJOIN_STOPPED:
		/* Nobody is there to be asked to stop it. */
		stopper_give_up(request->stopper, signals_read(request->signal_fd));
		break;
	case REJOIN_LOST:
	case REJOIN_AGAIN:
		break;
	}
	session->over = true;
}

/* The engine stopped waiting for the container before that ended. */
static void rejoin(struct session *session)
{
	message_warn("lost the connection to the container engine, looking for the build");
	log_feed_distrust(&session->feed);
	look_for_build(session);
}

/* It ended, but the wait for it is not answered. */
static void hear_of_end_elsewhere(struct session *session)
{
	int64_t now_ms = clock_now_ms();
	if (!session->ended_ms) {
		session->ended_ms = now_ms;
	} else if (now_ms - session->ended_ms >= ANSWER_MS) {
		message_warn("the engine does not tell that the build has ended, asking it");
		look_for_build(session);
	}
}

/* An engine that lost the container from sight ends neither the log nor the wait. */
static void break_silence(struct session *session)
{
	const struct session_request *request = session->request;
	if (standstill_is_over(&session->silence, session->feed.moved, clock_now_ms())) {
		enum container_life life = container_ask_life(request->engine, request->id);
		bool ended = life == CONTAINER_OVER;
		standstill_begin_anew(&session->silence, ended ? ANSWER_MS : SILENCE_MS,
			session->feed.moved, clock_now_ms());
		if (ended) {
			hear_of_end_elsewhere(session);
		} else if (life == CONTAINER_UNSURE) {
			message_warn("the container engine does not tell how the build is doing");
		}
	}
}

static void hear_of_wait(struct session *session)
{
	int code;
	switch (container_read_code(session->wait, &code)) {
	case 1:
		session->end = (struct session_end) { .ended = true, .exit_code = code };
		session->over = true;
		break;
	case 0:
		look_for_build(session);
		break;
	default:
		rejoin(session);
		break;
	}
}

static void hear_of_end(struct session *session)
{
	if (!session->over && http_call_done(session->wait)) {
		hear_of_wait(session);
	}
	if (!session->over) {
		break_silence(session);
	}
	if (session->over && !session->resting) {
		session->resting = true;
		session->end_stage = session->request->stopper->stage;
		log_feed_hurry(&session->feed);
	}
	/* A log that ended as logs do, with the container, is not asked for again. */
	bool missing = session->over ? session->end.ended && !log_feed_is_whole(&session->feed)
				     : log_feed_ended(&session->feed);
	if (missing && log_feed_tend(&session->feed, clock_now_ms())) {
		hear_of_end_elsewhere(session);
	}
}

static void measure(struct session *session)
{
	const char *data;
	if (session->stats) {
		size_t length = http_call_peek(session->stats, &data);
		if (length && http_call_status(session->stats) == 200) {
			samples_feed(
				&session->request->account->samples, data, length, clock_now_ms());
		}
		http_call_consume(session->stats, length);
	}
}

/* Deals with what came. The log first: whether it ended shows when all of it was taken. */
static void digest(struct session *session)
{
	take_signals(session);
	measure(session);
	log_feed_move(&session->feed);
	hear_of_end(session);
	telling_turn(&session->telling, clock_now_ms());
}

/* Waits for something to happen. */
static int listen_to_engine(struct session *session)
{
	struct output *output = session->request->output;
	struct curl_waitfd fds[2] = {
		{ .fd = session->request->signal_fd, .events = CURL_WAIT_POLLIN },
		{ .fd = output->fd, .events = CURL_WAIT_POLLOUT },
	};
	int rc = http_poll(session->http, fds, output_pending(output) ? 2 : 1, wait_ms(session));
	output_flush(output);
	return rc;
}

static int await_answer(struct session *session, struct http_call *call, struct failure *failure)
{
	struct engine_request request = {
		.purpose = "attach to the container",
		.refusal_code = EXIT_CANNOT_START,
	};
	int64_t deadline_ms = clock_now_ms() + HTTP_TIMEOUT_MS;
	/* Of a refusal all of the words. */
	while (!http_call_done(call) &&
		!(http_call_answered(call) && http_call_status(call) < 300)) {
		struct curl_waitfd signals = {
			.fd = session->request->signal_fd,
			.events = CURL_WAIT_POLLIN,
		};
		int64_t left_ms = deadline_ms - clock_now_ms();
		if (left_ms <= 0 || http_poll(session->http, &signals, 1, (int)left_ms) < 0) {
			return failure_set(failure, EXIT_NO_ENGINE,
				"the container engine did not attach to the container in time");
		}
		if (signals.revents) {
			return failure_set(failure, EXIT_INTERNAL, "interrupted by a signal");
		}
	}
	struct http_result result = http_call_result(call);
	bool early = http_call_done(call) && !session->request->joining;
	if (early || result.curl_code != 0 || result.status >= 300) {
		const char *body;
		size_t length = http_call_peek(call, &body);
		return engine_explain(
			session->request->engine, &result, body, length, &request, failure);
	}
	return 0;
}

/* Until the engine listens on both channels: what happens before that would be missed. One that was
 * started before misses nothing, and podman answers the wait for it at the end. */
static int await_both(struct session *session, struct failure *failure)
{
	if (!session->feed.call || !session->wait) {
		return failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
	}
	if (await_answer(session, session->feed.call, failure) < 0) {
		return -1;
	}
	return session->request->joining ? 0 : await_answer(session, session->wait, failure);
}

static int run(struct session *session, struct session_end *ret_end, struct failure *failure)
{
	const struct session_request *request = session->request;
	if (await_both(session, failure) < 0 ||
		(!request->joining && container_start(request->engine, request->id, failure) < 0)) {
		return -1;
	}
	if (!request->joining) {
		request->account->build_start_ms = clock_now_ms();
	}
	if (request->measure) {
		session->stats = container_stats(request->engine, request->id);
	}
	telling_begin(&session->telling, request->event, request->account, request->output);
	stopper_init(request->stopper, request->account->build_start_ms, request->build_timeout_ms,
		request->stop_timeout_ms);
	do {
		digest(session);
	} while (!is_over(session) && listen_to_engine(session) == 0);
	request->account->build_end_ms = clock_now_ms();
	phases_end(&request->account->phases, request->account->build_end_ms);
	telling_end(&session->telling, session->end.ended ? session->end.exit_code : -1);
	*ret_end = session->end;
	return 0;
}

int session_run(
	const struct session_request *request, struct session_end *ret_end, struct failure *failure)
{
	struct session session = {
		.request = request,
		.http = engine_http(request->engine),
		.silence = { .limit_ms = SILENCE_MS },
		.rest = { .limit_ms = REST_MS },
		.telling = { .mode = request->progress, .heartbeat_ms = request->heartbeat_ms },
	};
	log_feed_init(&session.feed, request->engine, request->id,
		request->joining ? LOG_FEED_FOLLOW : LOG_FEED_ATTACH, request->output);
	session.wait = request->joining ? container_wait_stopped(request->engine, request->id)
					: container_wait(request->engine, request->id);
	int rc = run(&session, ret_end, failure);
	log_feed_finish(&session.feed);
	http_call_destroy(session.stats);
	http_call_destroy(session.wait);
	return rc;
}
