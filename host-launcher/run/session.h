/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The time a container runs: it is started once its output and its end are being listened to, its
 * log is passed on, signals and time-outs stop it, and its end is heard.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/engine/engine.h"
#include "host-launcher/log/output.h"
#include "host-launcher/progress/account.h"
#include "host-launcher/progress/telling.h"
#include "host-launcher/run/stopper.h"

struct session_request {
	struct engine *engine;
	const char *id;
	bool joining; /* it was started before: its log is told from the start */
	struct output *output;
	struct stopper *stopper;
	struct account *account; /* what is measured goes there */
	bool measure;            /* the use of the machine as well */
	const struct build_event *event;
	enum progress_mode progress;
	int64_t heartbeat_ms; /* 0: none */
	int signal_fd;
	int64_t build_timeout_ms;
	int64_t stop_timeout_ms;
};

struct session_end {
	bool ended; /* false: detached, or the engine was lost */
	int exit_code;
};

/* Runs the container to its end and blocks meanwhile. Returns 0, or -1 when it did not start:
 * EXIT_CANNOT_START, EXIT_NO_ENGINE. */
int session_run(const struct session_request *request, struct session_end *ret_end,
	struct failure *failure);
