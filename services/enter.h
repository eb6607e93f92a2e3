/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How each state is entered: which command is spawned, which signal is sent, how long it may
 * last, and which state comes instead if there is nothing to do. Used by state.c only.
 */

#include "services/service.h"

/* One step under way. */
struct step {
	struct service *service;
	struct service_actions *actions;
	int64_t now_ms;
	bool empty;
	bool at_once; /* asked for by EVENT_KILL */
	enum service_result unmet;
};

void enter_condition(struct step *step);
void enter_start_pre(struct step *step);
void enter_start(struct step *step);
void enter_started(struct step *step);
void enter_start_post(struct step *step);
void enter_running(struct step *step);
void enter_reload(struct step *step);
void enter_stop(struct step *step);
void enter_stop_by_itself(struct step *step);
void enter_stop_post(struct step *step);

/* `state` is one of the six that send a signal; the next one where nobody is left to get it. */
void enter_signal(struct step *step, enum service_state state);

/* The last signal of a stop and of what it left behind, unless SendSIGKILL= says that there is
 * none. */
void enter_kill(struct step *step);
void enter_final_kill(struct step *step);

/* Time is up: stops as `mode` says. */
void enter_late(struct step *step, enum timeout_mode mode);

/* The end of an attempt: dead or failed, or a wait for the next one. */
void enter_dead(struct step *step);

/* The next command of the current list as control process; false at the end of the list. */
bool spawn_next_control(struct step *step);
bool spawn_next_main(struct step *step);

/* Asks who the main process is. */
void seek_main(struct step *step);

/* Ends a control process that is not waited for. */
void kill_control(struct step *step);

/* Judges the exit of a process of `command`: its prefix `-` makes a success of everything. */
enum service_result judge_exit(const struct service *service, const struct exec_command *command,
	const struct service_event *event);

/* Remembers the first thing that went wrong; of an exit with its status. */
void note_result(struct service *service, enum service_result result);
void note_exit(
	struct service *service, const struct service_event *event, enum service_result result);
