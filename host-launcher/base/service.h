/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * berth as a service of systemd: what the service manager is told, where it listens
 * (NOTIFY_SOCKET), and the watchdog, where it wants one (WATCHDOG_USEC). Does nothing otherwise.
 * sd_notify(3)
 */

#include <stdint.h>

/* The build has begun. `status` is for `systemctl status`. */
void service_ready(const char *status);

/* What berth is at. */
void service_status(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* berth is about to end, which takes so long at most; 0: it does not take any time. */
void service_stopping(const char *status, int64_t grace_ms);

/* To be called whenever something is waited for: tells the watchdog, as often as it wants, that
 * berth is alive. Returns for how long to wait at most, `longest_ms` where there is none. */
int service_beat(int longest_ms);
