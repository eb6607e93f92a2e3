/* SPDX-License-Identifier: MIT */
/* The exit code of PID 1: what the container's user gets to see of all that happened. */
#include <signal.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "services/policy.h"
#include "services/supervisor.h"

static int code_of(int wait_status)
{
	return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

/* Main's own code, verbatim, but for what SuccessExitStatus= or the prefix `-` of its command
 * declare to be a success. */
static int code_of_main_process(const struct service *service)
{
	/* One that not even SIGKILL has ended yet. */
	int status = service->main_alive ? SIGKILL : service->main_status;
	bool success = policy_judge_exit(service->config, status, false) == RESULT_SUCCESS;

	return success || service->main_command->ignore_failure ? 0 : code_of(status);
}

/* A service that ended badly though its process says 0, or that never had one. */
static int code_of_result(const struct service *service)
{
	switch (service->result) {
	case RESULT_EXIT_CODE:
	case RESULT_SIGNAL:
	case RESULT_CORE_DUMP:
		return code_of(service->failed_status);
	case RESULT_TIMEOUT:
		return EX_TEMPFAIL;
	case RESULT_PROTOCOL:
	case RESULT_START_LIMIT_HIT:
	case RESULT_DEPENDENCY:
	case RESULT_ASSERT:
	case RESULT_WATCHDOG:
	case RESULT_CONDITION:
		return EX_UNAVAILABLE;
	case RESULT_SUCCESS:
		return 0;
	}
	return EX_SOFTWARE;
}

static int code_of_service(const struct service *service)
{
	bool never_started = service->running_ms == NEVER;
	int code = service->main_begun ? code_of_main_process(service) : 0;

	/* An attempt that is skipped is no failure: what ran before it stands. */
	if (service->result == RESULT_CONDITION && service->main_ran) {
		return code_of_main_process(service);
	}
	if (service->result == RESULT_TIMEOUT && never_started) {
		return EX_TEMPFAIL;
	}
	if (code == 0 && (never_started || !service->main_begun)) {
		code = code_of_result(service);
	}
	return code;
}

/* The required service that kept `index` from starting, or `index` itself. */
static size_t culprit_of(const struct supervisor *s, size_t index)
{
	const struct graph_list *requires = &s->graph.nodes[index].requires;

	for (size_t i = 0; i < requires->count; i++) {
		size_t candidate = requires->items[i];

		if (s->services[index].result == RESULT_DEPENDENCY &&
			s->services[candidate].job == JOB_FAILED) {
			return culprit_of(s, candidate);
		}
	}
	return index;
}

static int code_of_main(const struct supervisor *s, ssize_t *ret_index)
{
	size_t index = (size_t)s->main;
	const struct service *main = &s->services[index];

	if (main->result == RESULT_DEPENDENCY) {
		size_t culprit = culprit_of(s, index);

		*ret_index = (ssize_t)culprit;
		return s->services[culprit].result == RESULT_TIMEOUT ? EX_TEMPFAIL : EX_UNAVAILABLE;
	}
	*ret_index = (ssize_t)index;
	if (s->cause == STOP_SIGNAL && !main->main_begun) {
		return 128 + (s->stop_signal == SIGINT ? SIGINT : SIGTERM);
	}
	return code_of_service(main);
}

/* As the manual has it for SuccessAction=: the code of the main process, unless another is set. */
static int code_of_action(const struct supervisor *s, ssize_t *ret_index)
{
	const struct service *actor = &s->services[s->actor];
	const struct unit_end *end = service_end(actor);
	int code = code_of_service(actor);

	*ret_index = (ssize_t)s->actor;
	if (end->exit_status_set) {
		return end->exit_status;
	}
	return code == 0 && actor->state == SERVICE_FAILED ? EX_UNAVAILABLE : code;
}

int supervisor_exit_code(const struct supervisor *s, ssize_t *ret_index)
{
	*ret_index = -1;
	if (s->cause == STOP_ACTION) {
		return code_of_action(s, ret_index);
	}
	if (s->main >= 0) {
		return code_of_main(s, ret_index);
	}
	for (size_t i = 0; s->cause != STOP_SIGNAL && i < s->set->count; i++) {
		const struct service *service = &s->services[i];
		bool failed = service->job == JOB_FAILED || service->state == SERVICE_FAILED;
		int code = failed ? code_of_service(service) : 0;

		if (failed) {
			*ret_index = (ssize_t)i;
			return code ? code : EX_UNAVAILABLE;
		}
	}
	return 0;
}
