/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A container's log as it comes, across broken connections. It is attached to before the container
 * starts; if that stream breaks or turns to nonsense, the engine's own record of the log is
 * followed from its start, and what was passed on already is left out, by bytes: attached streams
 * carry no times to go by. To read a long log twice takes minutes, so it is not done only because
 * the engine is slow to tell that the container ended.
 *
 * Podman loses lines where its record is followed (4.3: two thirds of 50,000), and none where it is
 * read: there it is read again and again until the container has ended. Docker (20.10) may end a
 * record that is followed, in good order, before its last lines: it is read once more at the end.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/engine/engine.h"
#include "host-launcher/engine/stream.h"
#include "host-launcher/log/newest.h"
#include "host-launcher/log/output.h"

enum {
	/* A stream also ends because the container does: its end is heard of before that. */
	LOG_FEED_DELAY_MS = 1000,
	/* Without a single new byte, so often in a row. */
	LOG_FEED_TRIES = 5,
};

enum log_feed_kind {
	LOG_FEED_ATTACH, /* for one that was not started yet */
	LOG_FEED_FOLLOW, /* the record from its start */
	LOG_FEED_SO_FAR, /* the record as it is now */
};

struct log_feed {
	struct engine *engine;
	const char *id;
	struct output *output;
	struct http_call *call;
	struct stream stream;
	bool garbled;
	bool suspect;         /* the engine was away: an end in good order may not be the log's */
	bool piece;           /* of podman's record, begun while the container ran: more comes */
	bool followed;        /* docker's record, begun likewise: its last lines may be missing */
	struct newest newest; /* of a piece */
	bool hurry;           /* the next piece is the last */
	bool asked_again;     /* by log_feed_ask_again() */
	bool given_up;
	uint64_t moved;                           /* bytes taken off all streams */
	uint64_t passed[STREAM_SYSTEM_ERROR + 1]; /* bytes of each source handed to `output` */
	uint64_t skip[STREAM_SYSTEM_ERROR + 1];   /* still to come a second time */
	unsigned tries;
	int64_t asked_at_ms; /* for the record */
	int64_t retry_at_ms; /* -1: nothing is planned */
};

/* Asks for it; look at `call` for the answer. All pointers are borrowed. May block as
 * container_has_ended() does. */
void log_feed_init(struct log_feed *feed, struct engine *engine, const char *id,
	enum log_feed_kind kind, struct output *output);
void log_feed_finish(struct log_feed *feed);

/* Takes what there is, as long as the output has room for it. */
void log_feed_move(struct log_feed *feed);

/* Whether nothing more comes of the current stream. */
bool log_feed_ended(const struct log_feed *feed);

/* Whether it ended as a log does: at the end of a frame and of a response, with nothing amiss. */
bool log_feed_is_whole(const struct log_feed *feed);

/* Whether it ended well, but more may have come since it was asked for. */
bool log_feed_is_piece(const struct log_feed *feed);

/* The engine was lost: what the current stream gives is not whole, however well it ends. */
void log_feed_distrust(struct log_feed *feed);

/* For a stream that ended although the container did not, or not as a log does: plans to follow the
 * record, and does it when the time has come, unless the engine says that the container ended after
 * all: then true is returned. Gives up, with a warning, when that leads nowhere. May block as
 * container_has_ended() does. */
bool log_feed_tend(struct log_feed *feed, int64_t now_ms);

/* For a stream that does not end although the container did: reads the record instead. Only once;
 * returns false after that. May block as container_has_ended() does. */
bool log_feed_ask_again(struct log_feed *feed);

/* The container has ended: the rest of its record is read without a pause. */
void log_feed_hurry(struct log_feed *feed);

/* Until log_feed_tend() has something to do; `longest_ms` where it has not. */
int log_feed_wait_ms(const struct log_feed *feed, int64_t now_ms, int longest_ms);
