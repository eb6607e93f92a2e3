/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a service says through its notify socket: the assignments of sd_notify(3), read out of a
 * datagram that anybody may have written. Pure; fuzzed.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
	NOTIFY_STATUS_MAX = 256,
};

enum notify_watchdog {
	NOTIFY_WATCHDOG_SILENT,
	NOTIFY_WATCHDOG_ALIVE,   /* WATCHDOG=1 */
	NOTIFY_WATCHDOG_TRIGGER, /* WATCHDOG=trigger */
};

struct notify_message {
	bool ready;
	bool stopping;
	bool reloading;
	bool fd_store; /* FDSTORE=1, which is refused */
	bool error_set;
	bool exit_status_set;
	bool status_set;
	enum notify_watchdog watchdog;
	int error;                      /* ERRNO= */
	int exit_status;                /* EXIT_STATUS= */
	pid_t main_pid;                 /* MAINPID=, or 0 */
	int64_t watchdog_ms;            /* WATCHDOG_USEC=, or 0 */
	int64_t extend_ms;              /* EXTEND_TIMEOUT_USEC=, or 0 */
	char status[NOTIFY_STATUS_MAX]; /* STATUS=, cut and with control characters replaced */
};

/*
 * Adds what a datagram says to what is known already: NAME=VALUE lines, of which later ones
 * override. Unknown names and values that do not parse are passed over. BUSERROR=, MONOTONIC_USEC=
 * and BARRIER= need nothing done. Times round up to milliseconds.
 */
void notify_message_add(struct notify_message *message, const char *text, size_t length);
