/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Whom else than the log's reader a running build is told of: whoever looks at the terminal or at
 * the log of a CI system, systemd's service manager and its journal.
 */

#include <stddef.h>
#include <stdint.h>

#include "host-launcher/log/output.h"
#include "host-launcher/options/options.h"
#include "host-launcher/progress/account.h"
#include "host-launcher/progress/history.h"
#include "host-launcher/progress/journal.h"
#include "host-launcher/progress/progress.h"

struct telling {
	const struct build_event *event; /* borrowed, as what follows */
	const struct account *account;
	const struct output *output;
	enum progress_mode mode;
	int64_t heartbeat_ms;
	struct history history;
	size_t phases_told;
	uint64_t log_seen; /* bytes of it at the last turn */
	int64_t heard_ms;  /* when somebody last heard of the build */
	int64_t drawn_ms;
};

/* How the user wants to be told, by options and environment. */
enum progress_mode telling_mode(const struct options *options);

/* The container was started. */
void telling_begin(struct telling *telling, const struct build_event *event,
	const struct account *account, const struct output *output);

/* How long may be waited before the next turn, `longest_ms` at most. */
int telling_wait_ms(const struct telling *telling, int64_t now_ms, int longest_ms);

/* Tells of what has come since the last turn. */
void telling_turn(struct telling *telling, int64_t now_ms);

/* The build was asked to end, and has so long for that. */
void telling_stop(int64_t grace_ms);

/* The container ended, with that code, or was left. What a good build took is kept. */
void telling_end(struct telling *telling, int code);
