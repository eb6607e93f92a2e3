/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/log_feed.h"

#include "host-launcher/base/clock.h"
#include "host-launcher/base/message.h"
#include "host-launcher/engine/container.h"

enum {
	/* Reading the record takes no more than a tenth of the time. */
	REST = 9,
};

static void ask_for_record(struct log_feed *feed)
{
	bool podman = engine_facts(feed->engine)->podman;
	bool ended = container_has_ended(feed->engine, feed->id);
	feed->asked_at_ms = clock_now_ms();
	feed->piece = podman && !ended;
	feed->followed = !podman && !ended;
	feed->call = container_logs(feed->engine, feed->id, feed->followed);
}

void log_feed_init(struct log_feed *feed, struct engine *engine, const char *id,
	enum log_feed_kind kind, struct output *output)
{
	*feed = (struct log_feed) {
		.engine = engine,
		.id = id,
		.output = output,
		.retry_at_ms = -1,
	};
	switch (kind) {
	case LOG_FEED_ATTACH:
		feed->call = container_attach(engine, id);
		break;
	case LOG_FEED_FOLLOW:
		ask_for_record(feed);
		break;
	case LOG_FEED_SO_FAR:
		feed->call = container_logs(engine, id, false);
		break;
	}
}

void log_feed_finish(struct log_feed *feed)
{
	http_call_destroy(feed->call);
	feed->call = NULL;
	newest_finish(&feed->newest);
}

static void pass_on(
	struct log_feed *feed, enum stream_source source, const char *data, size_t length)
{
	feed->passed[source] += length;
	feed->tries = 0;
	output_add(feed->output, data, length);
}

static void pass_newest(struct log_feed *feed)
{
	struct newest *newest = &feed->newest;
	pass_on(feed, newest->source, buffer_text(&newest->bytes), newest->bytes.length);
	newest_clear(newest);
}

/* Both streams are one log; each is recorded in order, but not in which order they mix. */
static void on_frame(enum stream_source source, const char *data, size_t length, void *user)
{
	struct log_feed *feed = user;
	size_t known = length < feed->skip[source] ? length : (size_t)feed->skip[source];
	feed->skip[source] -= known;
	if (known == length) {
		return;
	}
	if (feed->piece) {
		pass_newest(feed);
		newest_keep(&feed->newest, source, data + known, length - known);
	} else {
		pass_on(feed, source, data + known, length - known);
	}
}

static bool is_good(const struct log_feed *feed)
{
	return http_call_status(feed->call) < 300 && !feed->garbled;
}

void log_feed_move(struct log_feed *feed)
{
	while (feed->call && !output_full(feed->output)) {
		const char *data;
		size_t length = http_call_peek(feed->call, &data);
		if (length == 0) {
			return;
		}
		length = length < OUTPUT_WINDOW ? length : OUTPUT_WINDOW;
		feed->moved += length;
		if (is_good(feed) && stream_feed(&feed->stream, data, length, on_frame, feed) < 0) {
			feed->garbled = true;
			message_warn("the engine sent a log that makes no sense");
		}
		http_call_consume(feed->call, length);
		output_flush(feed->output);
	}
}

bool log_feed_ended(const struct log_feed *feed)
{
	const char *data;
	if (feed->given_up || !feed->call) {
		return true;
	}
	/* What follows nonsense is not waited for. */
	return feed->garbled ||
	       (http_call_done(feed->call) && http_call_peek(feed->call, &data) == 0);
}

static bool is_well_formed(const struct log_feed *feed)
{
	return feed->call && is_good(feed) && http_call_result(feed->call).curl_code == 0 &&
	       stream_at_boundary(&feed->stream);
}

bool log_feed_is_whole(const struct log_feed *feed)
{
	bool open = feed->piece || feed->followed;
	return feed->given_up || (is_well_formed(feed) && !feed->suspect && !open);
}

bool log_feed_is_piece(const struct log_feed *feed)
{
	return !feed->given_up && (feed->piece || feed->followed) && log_feed_ended(feed) &&
	       is_well_formed(feed);
}

void log_feed_distrust(struct log_feed *feed)
{
	feed->suspect = true;
}

static void give_up(struct log_feed *feed)
{
	feed->given_up = true;
	feed->retry_at_ms = -1;
	message_warn("the log is not whole: the engine does not give the rest of it");
}

static void follow_record(struct log_feed *feed)
{
	http_call_destroy(feed->call);
	newest_clear(&feed->newest);
	ask_for_record(feed);
	feed->stream = (struct stream) { 0 };
	feed->garbled = false;
	feed->suspect = false;
	feed->retry_at_ms = -1;
	for (size_t i = 0; i <= STREAM_SYSTEM_ERROR; i++) {
		feed->skip[i] = feed->passed[i];
	}
}

/* Whether the time to try again has come, which is set first. */
static bool is_due(struct log_feed *feed, int64_t now_ms)
{
	if (feed->retry_at_ms >= 0) {
		return now_ms >= feed->retry_at_ms;
	}
	int64_t delay_ms = LOG_FEED_DELAY_MS;
	if (log_feed_is_piece(feed)) {
		int64_t rest_ms = feed->piece ? REST * (now_ms - feed->asked_at_ms) : 0;
		delay_ms = feed->hurry ? 0 : rest_ms > delay_ms ? rest_ms : delay_ms;
	}
	feed->retry_at_ms = now_ms + delay_ms;
	return delay_ms == 0;
}

bool log_feed_tend(struct log_feed *feed, int64_t now_ms)
{
	if (feed->given_up || !log_feed_ended(feed) || !is_due(feed, now_ms)) {
		return false;
	}
	bool piece = log_feed_is_piece(feed);
	if (log_feed_is_whole(feed) && container_has_ended(feed->engine, feed->id)) {
		feed->retry_at_ms = now_ms + LOG_FEED_DELAY_MS;
		return true;
	}
	/* Podman's are asked for as long as the build says nothing. */
	bool expected = piece && feed->piece;
	if (!expected && feed->tries++ == LOG_FEED_TRIES) {
		give_up(feed);
		return false;
	}
	if (piece) {
		if (newest_is_settled(&feed->newest)) {
			pass_newest(feed);
		}
		newest_end_reading(&feed->newest);
	} else {
		message_detail("the stream of the log broke off, following the engine's record");
	}
	follow_record(feed);
	return false;
}

bool log_feed_ask_again(struct log_feed *feed)
{
	if (feed->asked_again || feed->given_up) {
		return false;
	}
	message_detail("the stream of the log does not end, reading the engine's record");
	feed->asked_again = true;
	follow_record(feed);
	return true;
}

void log_feed_hurry(struct log_feed *feed)
{
	feed->hurry = true;
	if (log_feed_is_piece(feed)) {
		feed->retry_at_ms = 0;
	}
}

int log_feed_wait_ms(const struct log_feed *feed, int64_t now_ms, int longest_ms)
{
	if (feed->retry_at_ms < 0 || feed->given_up) {
		return longest_ms;
	}
	int64_t left_ms = feed->retry_at_ms - now_ms;
	if (left_ms < 0) {
		return 0;
	}
	return left_ms < longest_ms ? (int)left_ms : longest_ms;
}
