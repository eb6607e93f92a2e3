/* SPDX-License-Identifier: MIT */
#include "services/service.h"

bool service_begins(const struct service *service, enum service_event_kind kind)
{
	return service->state == SERVICE_AUTO_RESTART &&
	       (kind == EVENT_TIMEOUT || kind == EVENT_START || kind == EVENT_RESTART);
}

bool service_is_over(const struct service *service)
{
	return service->state == SERVICE_DEAD || service->state == SERVICE_FAILED;
}

const struct unit_end *service_end(const struct service *service)
{
	return service->state == SERVICE_FAILED ? &service->config->failure
						: &service->config->success;
}

bool service_is_up(enum service_state state)
{
	return state >= SERVICE_CONDITION && state <= SERVICE_EXITED;
}

bool service_is_active(enum service_state state)
{
	return state == SERVICE_RUNNING || state == SERVICE_RELOAD || state == SERVICE_EXITED;
}

bool service_is_probed(const struct service *service)
{
	return service->state == SERVICE_START && service->config->ready_when && !service->probed;
}

bool service_is_stopping(enum service_state state)
{
	return state >= SERVICE_STOP && state <= SERVICE_FINAL_SIGKILL;
}

bool service_awaits_empty(const struct service *service)
{
	bool unknown = service->config->type == SERVICE_FORKING &&
		       service->state >= SERVICE_START && service->state <= SERVICE_RELOAD;

	return (unknown || service_is_stopping(service->state)) && !service->main_alive &&
	       !service->control_alive;
}
