/* SPDX-License-Identifier: MIT */
/* What states and results are called, in systemd's words. */
#include "services/service.h"

const char *service_state_name(enum service_state state)
{
	static const char *const names[SERVICE_STATES] = {
		[SERVICE_DEAD] = "dead",
		[SERVICE_CONDITION] = "condition",
		[SERVICE_START_PRE] = "start-pre",
		[SERVICE_START] = "start",
		[SERVICE_START_POST] = "start-post",
		[SERVICE_RUNNING] = "running",
		[SERVICE_RELOAD] = "reload",
		[SERVICE_EXITED] = "exited",
		[SERVICE_STOP] = "stop",
		[SERVICE_STOP_WATCHDOG] = "stop-watchdog",
		[SERVICE_STOP_SIGTERM] = "stop-sigterm",
		[SERVICE_STOP_SIGKILL] = "stop-sigkill",
		[SERVICE_STOP_POST] = "stop-post",
		[SERVICE_FINAL_WATCHDOG] = "final-watchdog",
		[SERVICE_FINAL_SIGTERM] = "final-sigterm",
		[SERVICE_FINAL_SIGKILL] = "final-sigkill",
		[SERVICE_AUTO_RESTART] = "auto-restart",
		[SERVICE_FAILED] = "failed",
	};

	return names[state];
}

const char *service_result_name(enum service_result result)
{
	switch (result) {
	case RESULT_SUCCESS:
		return "success";
	case RESULT_EXIT_CODE:
		return "exit-code";
	case RESULT_SIGNAL:
		return "signal";
	case RESULT_CORE_DUMP:
		return "core-dump";
	case RESULT_TIMEOUT:
		return "timeout";
	case RESULT_PROTOCOL:
		return "protocol";
	case RESULT_START_LIMIT_HIT:
		return "start-limit-hit";
	case RESULT_DEPENDENCY:
		return "dependency";
	case RESULT_ASSERT:
		return "assert";
	case RESULT_WATCHDOG:
		return "watchdog";
	case RESULT_CONDITION:
		return "condition";
	}
	return "unknown";
}
