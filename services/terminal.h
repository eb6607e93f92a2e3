/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Terminals. The one that berth-init has on its standard input is lent to one process group, the
 * foreground job, and taken back when that has ended; its keys (Ctrl-C) and its hang-up reach the
 * job then, not berth-init. All signals must be blocked, SIGTTOU above all. Nothing blocks.
 */

#include <stdbool.h>
#include <sys/types.h>
#include <termios.h>

#include "conf/service_config.h"

struct terminal {
	bool present;         /* ours to lend: we are in its foreground */
	struct termios modes; /* as they were at the start */
};

/* Looks at standard input. PID 1 makes it its controlling terminal if it has none. */
void terminal_init(struct terminal *terminal);

/* In the child: a process group of its own, in the foreground. Returns 0 or -errno. */
int terminal_lead(void);

/* The job has ended: its keys are ours again, and its modes, which may be a dead editor's, are as
 * before. */
void terminal_take_back(const struct terminal *terminal);

/* Whether the job is stopped for a reason of the terminal's (Ctrl-Z, SIGTTIN, SIGTTOU). Each stop
 * is told once. */
bool terminal_has_stopped(pid_t job);

/* Lets the job go on, in the foreground. */
void terminal_resume(pid_t job);

/* In the child, leader of a session: opens TTYPath= (/dev/console unless set) for both directions
 * as controlling terminal, after TTYVHangup=, TTYReset= and so on. `force` takes it from another
 * session, with CAP_SYS_ADMIN. Returns a descriptor that is closed on exec, or -errno. */
int terminal_open(const struct exec_context *exec, bool force);

/* TTYPath=, or what stands for it. */
const char *terminal_path(const struct exec_context *exec);

/* Sets modes that are sane. */
void terminal_reset(int fd);

/* TTYRows= and TTYColumns=, where they are set; what they are not stays. */
void terminal_set_size(const struct exec_context *exec, int fd);
