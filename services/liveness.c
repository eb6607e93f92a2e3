/* SPDX-License-Identifier: MIT */
#include "services/liveness.h"

static int64_t after(int64_t now_ms, int64_t span_ms)
{
	return span_ms >= NEVER - now_ms ? NEVER : now_ms + span_ms;
}

/* systemd watches from the end of the start on. */
static bool is_watched(const struct service *s)
{
	return s->state == SERVICE_START_POST || s->state == SERVICE_RUNNING ||
	       s->state == SERVICE_RELOAD;
}

static void restart_watchdog(struct service *s, int64_t now_ms)
{
	s->silent_ms = is_watched(s) && s->watchdog_ms ? after(now_ms, s->watchdog_ms) : NEVER;
}

/* It only ever gives time. Whoever stops the whole has the last word. */
static void extend(struct service *s, int64_t until_ms)
{
	if (service_is_stopping(s->state) && until_ms > s->stop_cap_ms) {
		until_ms = s->stop_cap_ms;
	}
	if (s->state != SERVICE_AUTO_RESTART && s->deadline_ms < until_ms) {
		s->deadline_ms = until_ms;
	}
}

static enum service_event_kind judge_timeout(const struct service *s, int64_t now_ms)
{
	if (now_ms >= s->deadline_ms) {
		return EVENT_TIMEOUT;
	}
	return now_ms >= s->silent_ms ? EVENT_WATCHDOG_TRIGGER : EVENT_ALIVE;
}

enum service_event_kind liveness_judge(
	struct service *service, const struct service_event *event, int64_t now_ms)
{
	if (event->kind == EVENT_ALIVE) {
		restart_watchdog(service, now_ms);
	} else if (event->kind == EVENT_WATCHDOG_SPAN) {
		service->watchdog_ms = event->span_ms;
		restart_watchdog(service, now_ms);
	} else if (event->kind == EVENT_EXTEND) {
		extend(service, after(now_ms, event->span_ms));
	} else if (event->kind == EVENT_TIMEOUT) {
		return judge_timeout(service, now_ms);
	}
	return event->kind;
}

void liveness_update(struct service *service, int64_t now_ms)
{
	if (service->state != SERVICE_START && !is_watched(service)) {
		service->watchdog_ms = service->config->watchdog_ms; /* each run begins anew */
	}
	if (!is_watched(service) || service->silent_ms == NEVER) {
		restart_watchdog(service, now_ms);
	}
}

int64_t service_deadline_ms(const struct service *service)
{
	return service->silent_ms < service->deadline_ms ? service->silent_ms
							 : service->deadline_ms;
}
