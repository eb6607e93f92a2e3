/* SPDX-License-Identifier: MIT */
#pragma once

/* What the manager does with one service: spawn, signal, listen. */

#include "init/manager.h"

/* A new one for `config`, which has no channel of the log yet; NULL without memory. */
struct unit *unit_create(struct manager *manager, const struct service_config *config);

/* No process of it is waited for any more; NULL is fine. */
void unit_destroy(struct unit *unit);

/* Its place among all. The channel of the log with its index is its own, and so is `channel` with
 * LogFollow=: the log is told how the service is called there. */
void unit_take_place(struct unit *unit, size_t index, size_t channel);

/* Spawns the command as main or control process. If fork() fails, it is tried again later. */
void unit_spawn(struct unit *unit, const struct exec_command *command, bool control);

/* Spawns a command of ReadyWhen=. Returns its pid or -errno. */
pid_t unit_spawn_probe(struct unit *unit, const struct exec_command *command);

/* Tries again what fork() refused. Returns whether it still does. */
bool unit_retry(struct unit *unit);

/* Sends a signal to whom the action says. */
void unit_signal(struct unit *unit, int signal, enum service_action_kind action);

/* One of its processes was reaped: posts the event. False if `pid` is not one of them. */
bool unit_reap(struct unit *unit, pid_t pid, int status);

/* Whether no process of it is left. */
bool unit_is_empty(struct unit *unit);

/* Posts EVENT_EMPTY if it is on its way down, and its last process, which may have been an orphan,
 * is gone. */
void unit_check_empty(struct unit *unit);

/* A child's report of a set-up that failed, for the log. */
void unit_report(struct unit *unit, const struct spawn_report *report);

/* Sets the timer to service->deadline_ms. */
void unit_arm(struct unit *unit);

/* Whether the process is of any service but this one. */
bool unit_is_of_another(const struct unit *unit, pid_t pid);

struct service *unit_service(const struct unit *unit);
