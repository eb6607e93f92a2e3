/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * One service as it runs: its state, what happens to it, and what is to be done then. The state
 * machine (state.c) is pure: from a service, an event and the time to actions. It knows no clock,
 * no process and no log, so all policy of start, restart, time-out and stop is tested without.
 *
 * States and results are systemd's (systemd.service(5), org.freedesktop.systemd1(5)).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/service_config.h"

#define NEVER INT64_MAX

enum service_state {
	SERVICE_DEAD,
	SERVICE_CONDITION,
	SERVICE_START_PRE,
	SERVICE_START,
	SERVICE_START_POST,
	SERVICE_RUNNING,
	SERVICE_RELOAD,
	SERVICE_EXITED,
	SERVICE_STOP,
	SERVICE_STOP_WATCHDOG, /* it got WatchdogSignal= */
	SERVICE_STOP_SIGTERM,
	SERVICE_STOP_SIGKILL,
	SERVICE_STOP_POST,
	SERVICE_FINAL_WATCHDOG,
	SERVICE_FINAL_SIGTERM,
	SERVICE_FINAL_SIGKILL,
	SERVICE_AUTO_RESTART,
	SERVICE_FAILED,
	SERVICE_STATES,
};

enum service_result {
	RESULT_SUCCESS,
	RESULT_EXIT_CODE,
	RESULT_SIGNAL,
	RESULT_CORE_DUMP, /* a signal, too */
	RESULT_TIMEOUT,
	RESULT_PROTOCOL, /* it ended before it said READY=1 */
	RESULT_START_LIMIT_HIT,
	RESULT_DEPENDENCY,
	RESULT_ASSERT,    /* AssertX= */
	RESULT_WATCHDOG,  /* no sign of life within WatchdogSec= */
	RESULT_CONDITION, /* ConditionX= or ExecCondition=: skipped, which is no failure */
};

enum service_event_kind {
	EVENT_START,
	EVENT_STOP,
	EVENT_RELOAD,
	EVENT_RESTART, /* stop, then start anew; nothing to a service that is not up */
	EVENT_KILL,    /* stop without grace */
	EVENT_MAIN_EXIT,
	EVENT_CONTROL_EXIT,
	EVENT_MAIN_FOUND,   /* of Type=forking: the daemon, see ACTION_SEEK_MAIN */
	EVENT_MAIN_MISSING, /* it is not known (yet) who that is */
	EVENT_EXECED,       /* execve() of the main process succeeded (Type=exec only) */
	EVENT_READY,
	EVENT_PROBED,           /* ReadyWhen= holds */
	EVENT_STOPPING,         /* it says that it ends by itself */
	EVENT_ALIVE,            /* WATCHDOG=1 */
	EVENT_WATCHDOG_TRIGGER, /* it asks to be taken for dead */
	EVENT_SILENT,           /* nothing was written for OutputTimeoutSec= */
	EVENT_WATCHDOG_SPAN,    /* it asks for another WatchdogSec= */
	EVENT_EXTEND,           /* it asks for more time */
	EVENT_EMPTY,            /* the last process of the service is gone */
	EVENT_TIMEOUT,
	EVENT_KINDS,
};

struct service_event {
	enum service_event_kind kind;
	int status; /* of the two exits: a wait status (waitpid(2)) */
	bool empty; /* no process of the service is left; a fact of the moment, for every kind */
	/* What its conditions say, for a kind that may begin an attempt: RESULT_CONDITION or
	 * RESULT_ASSERT where they are not met, else RESULT_SUCCESS. */
	enum service_result unmet;
	int64_t span_ms; /* of EVENT_WATCHDOG_SPAN and EVENT_EXTEND */
};

enum service_action_kind {
	ACTION_SPAWN_MAIN,
	ACTION_SPAWN_CONTROL,
	ACTION_SEEK_MAIN,   /* asks for EVENT_MAIN_FOUND or _MISSING; later too with PIDFile= */
	ACTION_SIGNAL_MAIN, /* the main and the control process */
	ACTION_SIGNAL_CONTROL,
	ACTION_SIGNAL_ALL, /* every process of the service */
};

struct service_action {
	enum service_action_kind kind;
	const struct exec_command *command; /* of the spawns */
	int signal;                         /* of the signals */
};

/* What a step asks for, to be done in this order. */
struct service_actions {
	struct service_action items[4];
	size_t count;
};

/* The start job: what others wait for. */
enum start_job {
	JOB_WAITING, /* not settled yet */
	JOB_DONE,
	JOB_FAILED,
};

struct service {
	const struct service_config *config;

	enum service_state state;
	enum service_result result;
	enum start_job job;
	bool stopping;   /* asked to stop: no restart any more */
	bool main_alive; /* spawned and not reaped */
	bool control_alive;
	bool started;      /* as its type has it; ReadyWhen= may still be waited for */
	bool probed;       /* ReadyWhen= was seen to hold */
	bool main_ran;     /* at least one main process was spawned */
	bool main_begun;   /* one was in this attempt, or in the last that the start limit let begin
			    */
	bool main_ended;   /* in this attempt */
	bool restarting;   /* asked to stop and to start anew */
	int main_status;   /* wait status of the last main process that was reaped */
	int sent_signal;   /* the last one of a stop */
	int failed_status; /* wait status of the process that made `result` a failure */
	const struct exec_command *command;      /* the one that was spawned last */
	const struct exec_command *main_command; /* likewise, as main process */

	int64_t deadline_ms;  /* of the state, or NEVER */
	int64_t watchdog_ms;  /* the longest silence, 0: any */
	int64_t silent_ms;    /* when that is over, or NEVER */
	int64_t stop_cap_ms;  /* no deadline of a stop is later than this */
	int64_t job_start_ms; /* of the first attempt */
	int64_t limit_begin_ms;
	int64_t limit_count;
	unsigned restarts;
	int64_t back_off;   /* restarts in a row, none of which ran for long */
	int64_t running_ms; /* when the attempt of `main_begun` was started in full, or NEVER */
	int64_t delay_ms;   /* of the wait for the next restart */
};

/* Makes a service that is dead and has never run. */
void service_init(struct service *service, const struct service_config *config);

/*
 * The state machine. Applies `event` at `now_ms` (monotonic) and appends to `actions` what is to
 * be done. The caller spawns, signals, and sends EVENT_TIMEOUT when service_deadline_ms() is past.
 * A spawn that fails comes back as the exit of that process. Events that mean nothing in the
 * current state are ignored. Pure.
 */
void service_step(struct service *service, const struct service_event *event, int64_t now_ms,
	struct service_actions *actions);

/* When EVENT_TIMEOUT is due, or NEVER. */
int64_t service_deadline_ms(const struct service *service);

/* The event begins another attempt: `event->unmet` counts. */
bool service_begins(const struct service *service, enum service_event_kind kind);

/* Nothing of it runs, and nothing will unless it is started anew. */
bool service_is_over(const struct service *service);

/* Started, or on its way there. */
bool service_is_up(enum service_state state);

/* Which of SuccessAction= and FailureAction= is meant by how it is over. */
const struct unit_end *service_end(const struct service *service);

/* Started in full, and not on its way down: "active" or "reloading" to systemd. */
bool service_is_active(enum service_state state);

/* What ReadyWhen= asks for is waited for now. */
bool service_is_probed(const struct service *service);

/* On its way down: its last process is waited for. */
bool service_is_stopping(enum service_state state);

/* No process of it is known that would be seen to end: EVENT_EMPTY is waited for. */
bool service_awaits_empty(const struct service *service);

/* "start-pre", "running" and so on, as systemctl(1) shows them. */
const char *service_state_name(enum service_state state);
const char *service_result_name(enum service_result result);
