/* SPDX-License-Identifier: MIT */
/*
 * Type=forking of systemd.service(5): ExecStart= ends when the daemon that it forked is ready, and
 * that is the main process, by PIDFile= or because no other is left.
 */
#include "services/handlers.h"

static void fail(struct step *step)
{
	note_result(step->service, RESULT_PROTOCOL);
	enter_signal(step, SERVICE_STOP_SIGTERM);
}

void forking_control_exit(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;
	enum service_result result = judge_exit(s, s->command, event);

	if (result != RESULT_SUCCESS) {
		note_exit(s, event, result);
		enter_signal(step, SERVICE_STOP_SIGTERM);
		return;
	}
	seek_main(step);
	/* The file may be for ExecStartPost= to write. */
	if (s->config->pid_file && s->config->exec_start_post) {
		enter_started(step);
	}
}

void forking_main_found(struct step *step, const struct service_event *event)
{
	/* Whether the start went well is for the command to say, which is followed by another look.
	 */
	if (step->service->control_alive) {
		return;
	}
	if (step->service->state == SERVICE_START) {
		enter_started(step);
	} else {
		enter_running(step);
	}
}

/* Without a file the daemon may do without being known; the file is waited for. */
void forking_main_missing(struct step *step, const struct service_event *event)
{
	struct service *s = step->service;

	if (s->control_alive) {
		return;
	}
	if (!s->config->pid_file && s->state == SERVICE_START) {
		enter_started(step);
	} else if (step->empty) {
		fail(step);
	}
}

/* Nobody is left who could write the file. */
void forking_empty(struct step *step, const struct service_event *event)
{
	const struct service *s = step->service;

	if (s->config->type == SERVICE_FORKING && !s->main_alive && !s->control_alive) {
		fail(step);
	}
}
