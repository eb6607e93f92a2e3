/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The shell around the supervisor: turns signals, exits, messages and time into its events, and
 * its actions into processes and signals. Callbacks put what happened into one queue, and before
 * the loop waits again, one place acts on it.
 */

#include <ev.h>
#include <sys/resource.h>

#include "init/follow.h"
#include "init/log.h"
#include "init/notify.h"
#include "init/probe.h"
#include "init/queue.h"
#include "init/reload.h"
#include "init/silence.h"
#include "init/upstream.h"
#include "services/cgroup.h"
#include "services/contain.h"
#include "services/notify_message.h"
#include "services/spawn.h"
#include "services/supervisor.h"

struct manager;
struct leaks;

/* What came in time counts, even if it is seen only now: the loop tells of descriptors first. */
enum {
	UNIT_TIMER_PRIORITY = EV_MINPRI,
};

/* See init/census.h. */
struct census {
	unsigned *counts; /* one for each service */
	bool fresh;
	bool any; /* some of them are not 0 */
};

/* By the processes of a service that were reaped, and whom they had waited for. */
struct usage {
	struct timeval user;
	struct timeval system;
	long max_rss_kib;
};

/* What a service may say, see init/speech.h. */
struct speech {
	struct notify_socket socket;
	struct notify_message said; /* by the current main process; what of it lasts */
	bool refusal_told;
};

/* One service as the shell knows it, beside its struct service. */
struct unit {
	struct manager *manager;
	size_t index;
	uint32_t id;    /* marks its processes; unlike the index it stays over a reload */
	pid_t main_pid; /* 0: none */
	pid_t control_pid;
	struct containment containment;
	int64_t stopping_since_ms;
	struct usage used;
	int new_box_fd;    /* -1, but while its processes are moved there */
	int box_events_fd; /* -1, but while its last processes are waited for */
	ev_timer timer;    /* of service->deadline_ms */
	/* Each NULL for the many services that have no use for it. */
	struct speech *speech;   /* NotifyAccess= */
	struct probe *probe;     /* ReadyWhen= */
	struct follow *follow;   /* LogFollow= */
	struct silence *silence; /* OutputTimeoutSec= */
	ev_stat *pid_file_watch; /* PIDFile=: until it names the main process */
	ev_io adopted_watch;     /* of a main process that it named itself */
	ev_timer adopted_timer;
	ev_io exec_watch;  /* Type=exec: closed by execve() */
	bool start_failed; /* the main process reported an error of its set-up */
	/* What fork() refused so far; tried again. */
	const struct exec_command *retry_main;
	const struct exec_command *retry_control;
};

struct manager {
	struct ev_loop *loop;
	struct conf_set *set; /* that of the supervisor */
	struct supervisor supervisor;
	struct log log;
	struct spawn_host host;
	struct notify_directory notify_directory;
	struct cgroup_tree cgroups;
	ev_io box_watch;     /* of all box_events_fd; its fd is -1 before the first */
	ev_timer slow_timer; /* of what is told of slow stops */
	ev_timer box_timer;  /* until the tree is made */
	bool box_told;
	struct census census;
	bool childless;      /* as wait(2) said, and nothing was spawned since */
	struct leaks *leaks; /* NULL without Main= */
	int64_t started_ms;
	struct unit **units;
	uint32_t next_id; /* of a unit */
	struct reload reload;

	struct upstream upstream;
	struct queue queue;     /* callbacks only put into it */
	ev_prepare drain_watch; /* acts on it, before the loop waits */

	ev_periodic far_watch; /* never due, see manager.c */
	ev_io signal_watch;
	ev_io report_watch;
	ev_timer stop_timer;  /* of supervisor.deadline_ms */
	ev_timer retry_timer; /* of the retry_ commands */
	int64_t retry_ms;     /* the next back-off */
	bool retry_told;
	bool pages_dropped;
	pid_t job;        /* has the terminal; 0: it is ours */
	uint64_t orphans; /* reaped processes that no service had spawned */
};

/*
 * Prepares everything for a checked set: `host` is what the process was started with. All signals
 * must be blocked. Problems of the set (cycles) are added to `problems`. Returns 0 or -errno.
 */
int manager_init(struct manager *manager, struct conf_set *set, const struct spawn_host *host,
	enum log_format format, struct conf_problems *problems);

/* The unit with this id, or NULL. */
struct unit *manager_unit(struct manager *manager, uint32_t id);

/* Starts the services and runs until all is over. Returns the exit code. */
int manager_run(struct manager *manager);

void manager_finish(struct manager *manager);
