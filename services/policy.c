/* SPDX-License-Identifier: MIT */
#include "services/policy.h"

#include <signal.h>
#include <sys/wait.h>

static bool is_clean_signal(const struct service_config *config, int signal)
{
	if (exit_status_set_has_signal(&config->success_exit_status, signal)) {
		return true;
	}
	return config->type != SERVICE_ONESHOT &&
	       (signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE);
}

enum service_result policy_judge_exit(const struct service_config *config, int wait_status)
{
	if (WIFSIGNALED(wait_status)) {
		return is_clean_signal(config, WTERMSIG(wait_status)) ? RESULT_SUCCESS
								      : RESULT_SIGNAL;
	}
	int code = WEXITSTATUS(wait_status);
	if (code == 0 || exit_status_set_has_code(&config->success_exit_status, code)) {
		return RESULT_SUCCESS;
	}
	return RESULT_EXIT_CODE;
}

/* The table "Exit causes and the effect of the Restart= settings" of systemd.service(5). */
bool policy_wants_restart(const struct service_config *config, enum service_result result)
{
	switch (config->restart) {
	case RESTART_NO:
	case RESTART_ON_WATCHDOG:
		return false;
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_SUCCESS:
		return result == RESULT_SUCCESS;
	case RESTART_ON_FAILURE:
		return result != RESULT_SUCCESS;
	case RESTART_ON_ABNORMAL:
		return result != RESULT_SUCCESS && result != RESULT_EXIT_CODE;
	case RESTART_ON_ABORT:
		return result == RESULT_SIGNAL;
	}
	return false;
}

bool policy_take_start(struct service *service, int64_t now_ms)
{
	const struct service_config *config = service->config;
	int64_t interval_ms = config->start_limit_interval_ms;

	if (interval_ms == 0 || config->start_limit_burst == 0) {
		return true;
	}
	if (service->limit_count == 0 || now_ms - service->limit_begin_ms > interval_ms) {
		service->limit_begin_ms = now_ms;
		service->limit_count = 0;
	}
	if (service->limit_count >= config->start_limit_burst) {
		return false;
	}
	service->limit_count++;
	return true;
}
