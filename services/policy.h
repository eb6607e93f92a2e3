/* SPDX-License-Identifier: MIT */
#pragma once

/* The judgements of systemd.service(5): was that exit clean, is it restarted, how often. Pure. */

#include "services/service.h"

/* What an exit with this wait status means for a process of a service: clean codes and signals are
 * those of systemd.service(5), SuccessExitStatus=. Only a `daemon` may end by a signal to stop. */
enum service_result policy_judge_exit(
	const struct service_config *config, int wait_status, bool daemon);

/* Whether Restart= asks for another attempt after this result. */
bool policy_wants_restart(const struct service_config *config, enum service_result result);

/* The same with the exceptions for how the main process ended: RestartPreventExitStatus= and, where
 * that does not list it, RestartForceExitStatus=. */
bool policy_wants_another_attempt(const struct service *service);

/* How long the wait is before the `attempt`-th restart in a row (from 1): RestartSec=, growing to
 * RestartMaxDelaySec= in RestartSteps= steps, each by the same factor. */
int64_t policy_restart_delay_ms(const struct service_config *config, int64_t attempt);

/* Counts an attempt to start; false once StartLimitBurst= in StartLimitIntervalSec= is used up. */
bool policy_take_start(struct service *service, int64_t now_ms);
