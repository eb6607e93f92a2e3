/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/follow.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"
#include "host-launcher/log/log_feed.h"

enum {
	IDLE_MS = 60 * 1000,
	NEW_POLL_MS = 200,
};

static int report(struct log_feed *feed, struct failure *failure)
{
	struct engine_request request = {
		.purpose = "give the log",
		.refusal_code = EXIT_ENGINE_LOST,
	};
	struct http_result result = http_call_result(feed->call);
	if (result.status == 404 && feed->moved) {
		message_warn("the container is gone, and with it the end of its log");
	} else if (result.curl_code != 0 || result.status >= 300) {
		return engine_explain(feed->engine, &result, "", 0, &request, failure);
	}
	if (feed->output->stream_error) {
		return failure_set(failure, EXIT_WRITE, "cannot pass the log on: %s",
			strerror(feed->output->stream_error));
	}
	return 0;
}

static bool is_through(const struct log_feed *feed)
{
	return log_feed_ended(feed) && !log_feed_is_piece(feed) && !output_pending(feed->output);
}

/* `wait`: for the container; or NULL. Whose container it is may remove it soon after its end. */
static int take_more(struct log_feed *feed, struct http_call *wait, struct failure *failure)
{
	struct output *output = feed->output;
	struct curl_waitfd out = { .fd = output->fd, .events = CURL_WAIT_POLLOUT };
	bool pending = output_pending(output);
	bool running = wait && !http_call_done(wait);
	int longest_ms = log_feed_wait_ms(feed, clock_now_ms(), IDLE_MS);
	if (http_poll(engine_http(feed->engine), &out, pending, longest_ms) < 0) {
		return failure_set(failure, EXIT_INTERNAL, "cannot wait for the engine");
	}
	log_feed_move(feed);
	output_flush(output);
	/* A wait that broke off says nothing. */
	int code;
	if (running && http_call_done(wait) && container_read_code(wait, &code) >= 0) {
		log_feed_hurry(feed);
	}
	if (log_feed_is_piece(feed)) {
		(void)log_feed_tend(feed, clock_now_ms());
	}
	return 0;
}

static int take_all(struct engine *engine, const char *id, enum log_feed_kind kind,
	struct http_call *wait, struct failure *failure)
{
	struct output output;
	struct log_feed feed;
	output_init(&output, STDOUT_FILENO, -1);
	log_feed_init(&feed, engine, id, kind, &output);
	int rc = feed.call ? 0 : failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
	while (rc == 0 && !output.broken && !is_through(&feed)) {
		rc = take_more(&feed, wait, failure);
	}
	rc = rc == 0 ? report(&feed, failure) : rc;
	log_feed_finish(&feed);
	output_finish(&output);
	return rc;
}

int follow_log(struct engine *engine, const char *id, bool follow, struct failure *failure)
{
	if (!follow) {
		return take_all(engine, id, LOG_FEED_SO_FAR, NULL, failure);
	}
	/* Of docker a log that is followed ends by itself. */
	struct http_call *wait =
		engine_facts(engine)->podman ? container_wait_stopped(engine, id) : NULL;
	int rc = take_all(engine, id, LOG_FEED_FOLLOW, wait, failure);
	http_call_destroy(wait);
	return rc;
}

static int read_code(struct engine *engine, const char *id, const struct http_call *wait,
	struct failure *failure)
{
	struct container_end end = { 0 };
	if (container_read_code(wait, &end.exit_code) > 0) {
		return end.exit_code;
	}
	if (container_inspect(engine, id, &end, failure) < 0) {
		return -1;
	}
	free(end.error);
	if (!end.finished_ms || end.exit_code < 0) {
		return failure_set(failure, EXIT_ENGINE_LOST,
			"the engine does not tell with which code the build ended");
	}
	return end.exit_code;
}

int follow_to_end(struct engine *engine, const char *id, struct failure *failure)
{
	/* The wait for one that does not run yet would be over at once, with 0. */
	while (container_ask_life(engine, id) == CONTAINER_NEW) {
		poll(NULL, 0, NEW_POLL_MS);
	}
	struct http_call *wait = container_wait_stopped(engine, id);
	int rc = wait ? take_all(engine, id, LOG_FEED_FOLLOW, wait, failure)
		      : failure_set(failure, EXIT_INTERNAL, "cannot set up a request");
	for (bool ended = false; rc == 0 && !ended && !http_call_done(wait);) {
		rc = http_poll(engine_http(engine), NULL, 0, IDLE_MS);
		/* Where the wait for it is not answered. */
		ended = !http_call_done(wait) && container_has_ended(engine, id);
	}
	if (rc == 0) {
		rc = read_code(engine, id, wait, failure);
	}
	http_call_destroy(wait);
	return rc;
}
