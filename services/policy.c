/* SPDX-License-Identifier: MIT */
#include "services/policy.h"

#include <signal.h>
#include <sys/wait.h>

#include "conf/value.h"

static bool is_clean_signal(const struct service_config *config, int signal, bool daemon)
{
	if (exit_status_set_has_signal(config->success_exit_status, signal)) {
		return true;
	}
	return daemon &&
	       (signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE);
}

enum service_result policy_judge_exit(
	const struct service_config *config, int wait_status, bool daemon)
{
	/* Not even a signal of SuccessExitStatus= is meant to leave a core. */
	if (WIFSIGNALED(wait_status) && WCOREDUMP(wait_status)) {
		return RESULT_CORE_DUMP;
	}
	if (WIFSIGNALED(wait_status)) {
		return is_clean_signal(config, WTERMSIG(wait_status), daemon) ? RESULT_SUCCESS
									      : RESULT_SIGNAL;
	}
	int code = WEXITSTATUS(wait_status);
	if (code == 0 || exit_status_set_has_code(config->success_exit_status, code)) {
		return RESULT_SUCCESS;
	}
	return RESULT_EXIT_CODE;
}

/* The table "Exit causes and the effect of the Restart= settings" of systemd.service(5). */
bool policy_wants_restart(const struct service_config *config, enum service_result result)
{
	switch (config->restart) {
	case RESTART_NO:
		return false;
	case RESTART_ON_WATCHDOG:
		return result == RESULT_WATCHDOG;
	case RESTART_ALWAYS:
		return true;
	case RESTART_ON_SUCCESS:
		return result == RESULT_SUCCESS;
	case RESTART_ON_FAILURE:
		return result != RESULT_SUCCESS;
	case RESTART_ON_ABNORMAL:
		return result != RESULT_SUCCESS && result != RESULT_EXIT_CODE;
	case RESTART_ON_ABORT:
		return result == RESULT_SIGNAL || result == RESULT_CORE_DUMP;
	}
	return false;
}

bool policy_wants_another_attempt(const struct service *service)
{
	const struct service_config *config = service->config;

	if (service->main_ended) {
		if (exit_status_set_has(
			    config->restart_prevent_exit_status, service->main_status)) {
			return false;
		}
		if (exit_status_set_has(config->restart_force_exit_status, service->main_status)) {
			return true;
		}
	}
	return policy_wants_restart(config, service->result);
}

static double power(double base, int64_t exponent)
{
	double product = 1;

	for (; exponent; exponent /= 2) {
		product *= exponent % 2 ? base : 1;
		base *= base;
	}
	return product;
}

/* Of a value from 1 on, by halving: pow(3) and its tables add 12 KiB to a static PID 1. */
static double root(double value, int64_t degree)
{
	double low = 1;
	double high = value;

	for (int i = 0; i < 100; i++) {
		double middle = (low + high) / 2;

		if (power(middle, degree) < value) {
			low = middle;
		} else {
			high = middle;
		}
	}
	return high;
}

/* systemd's: delay(i) / first = (last / first) ^ (i / steps), i from 0. */
int64_t policy_restart_delay_ms(const struct service_config *config, int64_t attempt)
{
	int64_t first_ms = config->restart_ms;
	int64_t last_ms = config->restart_max_delay_ms;

	if (attempt <= 1 || config->restart_steps == 0 || first_ms == 0 ||
		last_ms == CONF_INFINITY || first_ms >= last_ms) {
		return first_ms;
	}
	if (attempt > config->restart_steps) {
		return last_ms;
	}
	double factor = root((double)last_ms / (double)first_ms, config->restart_steps);
	return (int64_t)((double)first_ms * power(factor, attempt - 1) + 0.5);
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
