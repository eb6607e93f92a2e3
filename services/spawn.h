/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Process creation: the only fork() of berth-init's supervisor. What goes wrong in the child
 * before its program runs comes back through one pipe, shared by all children: a child writes
 * {who, step, errno} and exits, so the report is there before the exit is seen. A program that
 * runs writes nothing (the pipe closes on exec).
 */

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "conf/service_config.h"
#include "services/mark.h"
#include "services/step.h"
#include "services/terminal.h"

enum spawn_role {
	SPAWN_MAIN,
	SPAWN_CONTROL,
	SPAWN_PROBE, /* of ReadyWhen= */
};

struct spawn_report {
	uint32_t service; /* index */
	uint16_t role;    /* enum spawn_role */
	uint16_t step;    /* enum spawn_step */
	uint32_t item;    /* of a setting that is a list: which one */
	int32_t error;    /* errno */
};

/* What all processes of this init share. */
struct spawn_host {
	int report_fd; /* write end, close-on-exec */
	int null_fd;   /* /dev/null for reading and writing, or -1: opened in the child */
	int log_slot;  /* a low number that a child may have for its log, or -1 */
	bool can_leave_descriptors; /* close_range(2) works */
	bool null_is_device;   /* false: there is no /dev/null, `null_fd` cannot be written to */
	sigset_t signal_mask;  /* as PID 1 was started with */
	bool ignores_children; /* likewise: SIGCHLD, of which we must know */
	struct rlimit nofile;  /* likewise */
	bool nofile_raised;
	mode_t umask;             /* of PID 1 */
	bool at_root;             /* its working directory is / */
	char *const *environment; /* what all services get (environment.h) */
	struct marks marks;       /* its processes are known by */
	struct terminal terminal;
};

struct spawn_request {
	const struct service_config *config;
	const struct exec_command *command;
	uint32_t service;
	enum spawn_role role;
	bool foreground;           /* it gets the terminal on our standard input */
	int log_fd;                /* where STREAM_LOG goes, or -1: inherited */
	int exec_fd;               /* closed by execve(), to tell that it came so far; or -1 */
	int ready_fd;              /* becomes that of ReadyWhen=fd:N; or -1 */
	const char *notify_socket; /* or NULL */
	int64_t watchdog_ms;       /* for WATCHDOG_USEC=, or 0 */
	char *const *variables;    /* NAME=VALUE, NULL at the end */
	pid_t main_pid;            /* for control processes, or 0 */
	unsigned shared_from; /* descriptors from here on are ours, not its; 0: none is shared */
	int cgroup_fd;        /* the box it is born in (cgroup.h), or -1 */
	bool cgroup_killed;   /* it has to move there (contain.h) */
};

/*
 * Starts the process. It leads a session of its own, or as foreground job a process group. All
 * signals must be blocked. Returns its pid, or -errno of fork(), which is worth another try. Does
 * not block.
 */
pid_t spawn_process(const struct spawn_host *host, const struct spawn_request *request);
