/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * When and how hard a running build is stopped. Pure: time comes in as milliseconds of a monotonic
 * clock, and what to do goes out.
 *
 *	RUNNING --signal or build time-out--> STOPPING --signal or grace over--> KILLED
 *	KILLED --signal or the engine does not manage--> DETACHED
 */

#include <stdbool.h>
#include <stdint.h>

enum stopper_stage {
	STOPPER_RUNNING,
	STOPPER_STOPPING,
	STOPPER_KILLED,
	STOPPER_DETACHED,
};

enum stopper_action {
	STOPPER_NOTHING,
	STOPPER_ASK,    /* send the stop signal */
	STOPPER_KILL,   /* send SIGKILL */
	STOPPER_DETACH, /* leave the container to itself */
};

enum {
	/* An engine that has not ended a killed container by then will not soon. */
	STOPPER_KILL_MS = 30 * 1000,
};

struct stopper {
	enum stopper_stage stage;
	int64_t grace_ms;
	int64_t deadline_ms; /* of the stage; -1: none */
	int signal;          /* the first that came, or 0 */
	int signals;         /* how many came */
	bool timed_out;      /* the build's own time was over */
};

/* `build_ms` 0: no limit. */
void stopper_init(struct stopper *stopper, int64_t now_ms, int64_t build_ms, int64_t grace_ms);

enum stopper_action stopper_on_signal(struct stopper *stopper, int signal, int64_t now_ms);

/* To be called when the time that stopper_wait_ms() gave is over; harmless before. */
enum stopper_action stopper_on_time(struct stopper *stopper, int64_t now_ms);

/* Until the next deadline; `longest_ms` where there is none, or a later one. */
int stopper_wait_ms(const struct stopper *stopper, int64_t now_ms, int longest_ms);

/* A signal came while there is nobody to stop the build: it is left to itself at once. */
void stopper_give_up(struct stopper *stopper, int signal);
