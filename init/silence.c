/* SPDX-License-Identifier: MIT */
#include "init/silence.h"

#include <errno.h>
#include <stdlib.h>

#include "conf/value.h"
#include "init/clock.h"
#include "init/unit.h"

static int64_t timeout_of(const struct unit *unit)
{
	return unit_service(unit)->config->output_timeout_ms;
}

/* When it wrote last, or began. */
static int64_t spoke_ms(const struct unit *unit)
{
	const struct log *log = &unit->manager->log;
	int64_t last_ms = log_channel_spoke_ms(log, unit->index);

	if (unit->follow) {
		int64_t file_ms = log_channel_spoke_ms(log, unit->follow->channel);

		last_ms = last_ms > file_ms ? last_ms : file_ms;
	}
	return last_ms > unit->silence->begun_ms ? last_ms : unit->silence->begun_ms;
}

static void arm(struct unit *unit, int64_t ms)
{
	unit->silence->timer.repeat = (double)ms / 1000;
	ev_timer_again(unit->manager->loop, &unit->silence->timer);
}

static void on_timer(struct ev_loop *loop, ev_timer *timer, int events)
{
	struct unit *unit = timer->data;
	int64_t rest_ms = spoke_ms(unit) + timeout_of(unit) - clock_now_ms();

	(void)events;
	if (rest_ms > 0) {
		arm(unit, rest_ms);
		return;
	}
	ev_timer_stop(loop, timer);
	log_print(&unit->manager->log, "%s: it has written nothing for %lld ms (OutputTimeoutSec=)",
		unit_service(unit)->config->name, (long long)timeout_of(unit));
	queue_post(&unit->manager->queue, unit->index, EVENT_SILENT, 0);
}

int silence_init(struct unit *unit, const struct service_config *config)
{
	struct silence *s;

	if (config->output_timeout_ms == CONF_INFINITY) {
		return 0;
	}
	s = calloc(1, sizeof(*s));
	if (!s) {
		return -ENOMEM;
	}
	ev_init(&s->timer, on_timer);
	ev_set_priority(&s->timer, UNIT_TIMER_PRIORITY);
	s->timer.data = unit;
	unit->silence = s;
	return 0;
}

void silence_finish(struct unit *unit)
{
	if (unit->silence) {
		ev_timer_stop(unit->manager->loop, &unit->silence->timer);
		free(unit->silence);
		unit->silence = NULL;
	}
}

void silence_follow(struct unit *unit)
{
	struct silence *s = unit->silence;

	if (!s) {
		return;
	}
	enum service_state state = unit_service(unit)->state;
	bool runs = state >= SERVICE_START && state <= SERVICE_RELOAD;

	if (!runs) {
		ev_timer_stop(unit->manager->loop, &s->timer);
	} else if (!ev_is_active(&s->timer)) {
		s->begun_ms = clock_now_ms();
		arm(unit, timeout_of(unit));
	}
}
