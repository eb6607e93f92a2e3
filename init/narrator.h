/* SPDX-License-Identifier: MIT */
#pragma once

/* What PID 1 says in the log about what happens. Every message names the service first. */

#include "init/manager.h"

/* Tells a change of state that a reader wants to know of. */
void narrate_state(struct log *log, const struct service *service, enum service_state before);

/* A failed service: what it said about it itself. */
void narrate_said(
	struct log *log, const struct service *service, const struct notify_message *said);

/* The start ended before ReadyWhen= was seen to hold: what was seen instead. */
void narrate_not_ready(struct log *log, const struct service *service, const struct probe *probe);

void narrate_exit(struct log *log, const struct service *service, int wait_status, bool main);
void narrate_report(
	struct log *log, const struct service *service, const struct spawn_report *report);
void narrate_refused_message(struct log *log, const struct service *service, pid_t sender);
/* A service stops though the whole goes on: for whom. */
void narrate_stop(struct manager *manager, size_t index);

/* A service that was due is not started; `unmet` is its condition or assertion, or NULL. */
void narrate_skipped(struct log *log, const struct service *service, const struct condition *unmet);

/* fork() failed: told once, until it works again. */
void narrate_spawn_refused(struct manager *manager, const struct service *service, int error);

/* Why the whole ends; a static string. */
const char *narrate_cause(const struct supervisor *supervisor);

/* The last line: why it ended and with which code. */
void narrate_end(struct manager *manager, int code, ssize_t decided_by);

/* All services with their states, for SIGUSR1. */
void narrate_all(struct manager *manager);
