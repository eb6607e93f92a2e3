/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All services together: who may start now, who may stop now, when it is over and with which exit
 * code. Pure like state.c: the shell asks for what is due, does it, and reports what happened.
 * Everything is allocated by supervisor_init(); nothing later.
 */

#include "services/graph.h"
#include "services/service.h"

/* Why the whole ends. */
enum stop_cause {
	STOP_NONE,
	STOP_MAIN,   /* Main= ended or could not start */
	STOP_SIGNAL, /* asked to from outside */
	STOP_ACTION, /* SuccessAction= or FailureAction= of a service that ended */
	STOP_IDLE,   /* there is no Main=, and no service is left */
};

/* What comes behind the stop of one service. */
enum stop_purpose {
	STOP_FOR_GOOD,
	STOP_TO_START_AGAIN, /* as soon as what it is after is up (again) */
};

/* Of one service, while the whole goes on. */
struct supervisor_stop {
	enum {
		STOP_NOT_ASKED,
		STOP_ASKED, /* waits for those that are after it */
		STOP_TOLD,
	} phase;
	enum stop_purpose purpose;
	size_t because_of; /* who went down; itself, if its own stop was asked for */
};

/* A list of indices in the order they came, without any twice. */
struct supervisor_queue {
	size_t *items; /* a ring of as many as there are services */
	bool *queued;  /* by index */
	size_t head;
	size_t count;
};

struct supervisor {
	const struct conf_set *set;
	struct graph graph;
	struct service *services; /* set->count of them */
	ssize_t main;             /* index, or -1 */

	size_t *blockers; /* how many a service waits for: to start, later to stop */
	bool *begun;      /* its start has been asked for */
	bool *counted;    /* its end has been seen */
	bool *settled;    /* its start job has been passed on */
	struct supervisor_queue due;
	struct supervisor_stop *stops; /* set->count of them */
	size_t stops_asked;            /* how many are STOP_ASKED */
	size_t active;                 /* services whose end has not been seen */

	enum stop_cause cause;
	size_t actor;        /* of STOP_ACTION: the service */
	int stop_signal;     /* the first one from outside, or 0 */
	int64_t deadline_ms; /* when supervisor_next_stop() has news, or NEVER */
	int64_t final_ms;    /* when all must be over */
	bool held;           /* nothing is started for now */
	bool hurry;          /* stop without regard to order */
	bool killing;        /* SIGKILL to all that is left */
	size_t cursor;       /* of the passes over all services in those two */
};

/* Prepares a checked set; services are in its order. Cycles go to `problems`. Memory comes from
 * the set's arena. Returns 0, -ELOOP or -ENOMEM. */
int supervisor_init(
	struct supervisor *supervisor, struct conf_set *set, struct conf_problems *problems);

/* Ends the whole if there is nothing more to wait for. */
void supervisor_conclude(struct supervisor *supervisor, int64_t now_ms);

/* The next service whose start is due, or -1. It must be followed by supervisor_start(). */
ssize_t supervisor_next_start(struct supervisor *supervisor);

/* Starts it. Where its conditions or assertions are not met, `unmet` is RESULT_CONDITION or
 * RESULT_ASSERT, else RESULT_SUCCESS: then it is skipped, or its start has failed. */
void supervisor_start(struct supervisor *supervisor, size_t index, enum service_result unmet,
	int64_t now_ms, struct service_actions *actions);

/* Passes an event on to a service and draws the conclusions. */
void supervisor_step(struct supervisor *supervisor, size_t index, const struct service_event *event,
	int64_t now_ms, struct service_actions *actions);

/* Asks for the stop of one service, and of those that require it, are bound to it or part of it. */
void supervisor_stop(struct supervisor *supervisor, size_t index);

/* Begins the ordered stop because of `signal`; a second call hurries, a third kills. */
void supervisor_on_signal(struct supervisor *supervisor, int signal, int64_t now_ms);

/* The next service to be told to stop, as EVENT_STOP or EVENT_KILL for supervisor_step(); -1 if
 * none is due before supervisor->deadline_ms. */
ssize_t supervisor_next_stop(
	struct supervisor *supervisor, int64_t now_ms, enum service_event_kind *ret_kind);

/* Every start is settled, well or not, and no stop has begun. A oneshot Main= runs until the end:
 * for it, that it runs is enough. */
bool supervisor_is_settled(const struct supervisor *supervisor);

/* All is stopped, or the time for it is up. */
bool supervisor_is_over(const struct supervisor *supervisor, int64_t now_ms);

/* The exit code of PID 1 (berth-init(8), EXIT STATUS), and the service that decided it or -1. */
int supervisor_exit_code(const struct supervisor *supervisor, ssize_t *ret_index);
