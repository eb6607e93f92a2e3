/* SPDX-License-Identifier: MIT */
#pragma once

/* A service with all its commands and no clock, for the tests of the state machine. */

#include <signal.h>

#include "services/service.h"
#include "tests/unit/expect.h"

#define EXIT(code)  ((code) << 8)
#define KILLED(sig) (sig)
#define DUMPED(sig) ((sig) | 0x80)

/* Commands, each with its name as path; they are not part of `config` but for main_command. */
extern struct exec_command condition, reload, pre, main_command, second, post, stop_command,
	stop_post;

extern struct service_config config;
extern struct service service;

/* Systemd's defaults for `config`, a new `service`. */
void machine_init(void);

/* Applies an event and gives "actions -> state @deadline" to compare with. */
const char *step(enum service_event_kind kind, int status, bool empty, int64_t now_ms);
