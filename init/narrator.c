/* SPDX-License-Identifier: MIT */
#include "init/narrator.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "conf/ready.h"
#include "conf/value.h"
#include "init/box.h"
#include "init/speech.h"
#include "services/stops.h"

static void say(struct log *log, const struct service *service, const char *what)
{
	log_print(log, "%s: %s", service->config->name, what);
}

static void say_start(struct log *log, const struct service *service)
{
	if (service->restarts) {
		log_print(log, "%s: restarting, attempt %u", service->config->name,
			service->restarts);
	} else {
		say(log, service, "starting");
	}
}

static void say_failed(struct log *log, const struct service *service)
{
	log_print(log, "%s: failed (%s)", service->config->name,
		service_result_name(service->result));
}

static void say_signal(struct log *log, const struct service *service, enum service_state before)
{
	const char *name = conf_signal_name(service->sent_signal);
	bool late = service->result == RESULT_TIMEOUT;

	bool asked = service->stopping || service->restarting;

	if (service_is_stopping(service->state) && asked && before < SERVICE_STOP &&
		before > SERVICE_DEAD) {
		log_print(log, "%s: stopping with %s", service->config->name, name);
	} else if (service->result == RESULT_WATCHDOG && service->state == SERVICE_STOP_WATCHDOG) {
		log_print(log, "%s: its watchdog was missed, stopping with %s",
			service->config->name, conf_signal_name(service->sent_signal));
	} else if (late) {
		log_print(log, "%s: timed out, stopping with %s", service->config->name, name);
	}
}

static void say_over(struct log *log, const struct service *service, enum service_state before)
{
	if (service->result == RESULT_CONDITION && before == SERVICE_AUTO_RESTART) {
		return; /* narrate_skipped() says which condition it was */
	}
	if (service->result == RESULT_CONDITION) {
		say(log, service, "skipped, its ExecCondition= is not met");
	} else {
		say(log, service, service_is_stopping(before) ? "stopped" : "finished");
	}
}

void narrate_state(struct log *log, const struct service *service, enum service_state before)
{
	bool ready = service->config->type == SERVICE_NOTIFY || service->config->ready_when;

	if (service->state == before) {
		return;
	}
	switch (service->state) {
	case SERVICE_CONDITION:
	case SERVICE_START_PRE:
	case SERVICE_START:
		if (before != SERVICE_CONDITION && before != SERVICE_START_PRE) {
			say_start(log, service);
		}
		break;
	case SERVICE_RELOAD:
		say(log, service, "reloading");
		break;
	case SERVICE_RUNNING:
		if (before == SERVICE_RELOAD) {
			say(log, service, "reloaded");
			break;
		}
		say(log, service, ready ? "ready" : "started");
		break;
	case SERVICE_STOP_WATCHDOG:
	case SERVICE_STOP_SIGTERM:
		say_signal(log, service, before);
		break;
	case SERVICE_FINAL_WATCHDOG:
	case SERVICE_FINAL_SIGTERM:
		say(log, service, "its main process is gone, stopping what it left behind");
		break;
	case SERVICE_STOP_SIGKILL:
	case SERVICE_FINAL_SIGKILL:
		log_print(log, "%s: does not stop, sending %s", service->config->name,
			conf_signal_name(service->sent_signal));
		break;
	case SERVICE_AUTO_RESTART:
		log_print(log, "%s: restart in %lld ms", service->config->name,
			(long long)service->delay_ms);
		break;
	case SERVICE_FAILED:
		say_failed(log, service);
		break;
	case SERVICE_DEAD:
		say_over(log, service, before);
		break;
	case SERVICE_START_POST:
	case SERVICE_EXITED:
	case SERVICE_STOP:
	case SERVICE_STOP_POST:
	case SERVICE_STATES:
		break;
	}
}

void narrate_said(struct log *log, const struct service *service, const struct notify_message *said)
{
	const char *name = service->config->name;
	const char *description = strerrordesc_np(said->error);

	if (said->error_set) {
		log_print(log, "%s: it said ERRNO=%d (%s)", name, said->error,
			description ? description : "unknown");
	}
	if (said->exit_status_set) {
		log_print(log, "%s: it said EXIT_STATUS=%d", name, said->exit_status);
	}
	if (said->status[0]) {
		log_print(log, "%s: it said STATUS=%s", name, said->status);
	}
}

void narrate_not_ready(struct log *log, const struct service *service, const struct probe *probe)
{
	const struct ready_when *ready = service->config->ready_when;
	char status[16] = "";

	if (!ready || service->stopping) {
		return;
	}
	if (probe->status) {
		snprintf(status, sizeof(status), " %d", probe->status);
	}
	log_print(log, "%s: was not ready: %s: %s%s", service->config->name, ready->text,
		probe->seen, status);
}

void narrate_exit(struct log *log, const struct service *service, int status, bool main)
{
	const char *which = main ? "main process" : "control process";

	if (WIFSIGNALED(status)) {
		log_print(log, "%s: %s killed by %s%s", service->config->name, which,
			conf_signal_name(WTERMSIG(status)),
			WCOREDUMP(status) ? ", core dumped" : "");
	} else if (WEXITSTATUS(status) != 0) {
		log_print(log, "%s: %s exited with code %d", service->config->name, which,
			WEXITSTATUS(status));
	}
}

/* What the service has set for the step that failed. */
static const char *setting(const struct exec_context *exec, const struct spawn_report *report)
{
	enum spawn_step step = (enum spawn_step)report->step;
	const char *value = NULL;

	if (step == STEP_USER || step == STEP_SET_USER ||
		(step == STEP_SET_GROUPS && !report->item)) {
		value = exec->user;
	} else if (step == STEP_GROUP || step == STEP_SET_GROUPS) {
		value = exec->group;
	} else if (step == STEP_ENVIRONMENT_FILE && report->item < exec->environment_files.count) {
		value = exec->environment_files.items[report->item];
	} else if (step == STEP_WORKING_DIRECTORY) {
		value = exec->working_directory;
	} else if (step == STEP_ROOT_DIRECTORY) {
		value = exec->root_directory;
	} else if (step == STEP_BOUNDING_SET || step == STEP_AMBIENT_CAPABILITIES) {
		value = conf_capability_name((int)report->item);
	} else if (step == STEP_STDIN) {
		value = exec->input.path ? exec->input.path : exec->tty_path;
	} else if (step == STEP_STDOUT) {
		value = exec->output.path;
	} else if (step == STEP_STDERR) {
		value = exec->error.path;
	}
	return value ? value : "";
}

static const char *reason(const struct spawn_report *report)
{
	if (report->step == STEP_USER) {
		return "no such user";
	}
	if (report->step == STEP_GROUP && report->error == EINVAL) {
		return "no such group, or one of SupplementaryGroups= is not there";
	}
	return strerrordesc_np(report->error);
}

void narrate_report(
	struct log *log, const struct service *service, const struct spawn_report *report)
{
	const struct exec_command *command = service->command;
	enum spawn_step step = (enum spawn_step)report->step;

	if (report->role == SPAWN_MAIN && service->config->exec_start &&
		!service->config->exec_start->next) {
		command = service->config->exec_start;
	}
	log_print(log, "%s: cannot run %s: %s%s: %s", service->config->name,
		command ? command->path : "?", step_name(step, report->item),
		setting(&service->config->exec, report), reason(report));
}

void narrate_refused_message(struct log *log, const struct service *service, pid_t sender)
{
	log_print(log, "%s: a message from process %d was refused, see NotifyAccess=",
		service->config->name, (int)sender);
}

void narrate_stop(struct manager *manager, size_t index)
{
	const struct supervisor *s = &manager->supervisor;
	size_t because_of = s->stops[index].because_of;

	if (s->cause == STOP_NONE && because_of != index) {
		log_print(&manager->log, "%s: %s because %s does", s->set->services[index]->name,
			stops_is_renewal(s, index) ? "restarts" : "stops",
			s->set->services[because_of]->name);
	}
}

void narrate_skipped(struct log *log, const struct service *service, const struct condition *unmet)
{
	bool skipped = service->result == RESULT_CONDITION;

	if (unmet && (skipped || service->result == RESULT_ASSERT)) {
		log_print(log, "%s: %s: %s%s=%s%s%s is not met", service->config->name,
			skipped ? "skipped" : "not started", skipped ? "Condition" : "Assert",
			conf_condition_name(unmet->kind), unmet->triggering ? "|" : "",
			unmet->negated ? "!" : "", unmet->parameter);
	} else if (service->result == RESULT_DEPENDENCY) {
		say(log, service, "not started, a service that it needs has failed or is not up");
	}
}

void narrate_spawn_refused(struct manager *manager, const struct service *service, int error)
{
	if (!manager->retry_told) {
		manager->retry_told = true;
		log_print(&manager->log, "%s: cannot fork: %s; trying again", service->config->name,
			strerrordesc_np(error));
	}
}

const char *narrate_cause(const struct supervisor *s)
{
	switch (s->cause) {
	case STOP_MAIN:
		return "its main service ended";
	case STOP_SIGNAL:
		return conf_signal_name(s->stop_signal);
	case STOP_ACTION:
		return s->services[s->actor].state == SERVICE_FAILED ? "FailureAction="
								     : "SuccessAction=";
	case STOP_IDLE:
		return "no service is left";
	case STOP_NONE:
		break;
	}
	return "nothing";
}

void narrate_end(struct manager *manager, int code, ssize_t decided_by)
{
	const struct supervisor *s = &manager->supervisor;
	const char *name = decided_by >= 0 ? s->set->services[decided_by]->name : NULL;

	log_print(&manager->log, "exit %d (%s)%s%s%s%s", code, narrate_cause(s),
		name ? ", decided by " : "", name ? name : "", name ? ": " : "",
		name ? service_result_name(s->services[decided_by].result) : "");
}

void narrate_all(struct manager *manager)
{
	log_print(&manager->log, "%s", box_level(manager));
	for (size_t i = 0; i < manager->supervisor.set->count; i++) {
		const struct service *service = &manager->supervisor.services[i];
		const struct unit *unit = manager->units[i];
		const struct notify_message *said = speech_said(unit);
		bool says = said->status[0] && !service_is_over(service);

		log_print(&manager->log, "%s: %s%s, %s, main process %d, %u restarts%s%s",
			service->config->name, service_state_name(service->state),
			said->reloading ? " (reloading)" : "", service_result_name(service->result),
			(int)unit->main_pid, service->restarts, says ? ", " : "",
			says ? said->status : "");
	}
}
