/* SPDX-License-Identifier: MIT */
#pragma once

/* What happened, in the order in which it did: callbacks put it in, the manager takes it out. */

#include <stdbool.h>
#include <stddef.h>

#include "services/service.h"

struct queue_item {
	size_t index; /* of the service */
	struct service_event event;
};

struct queue {
	struct queue_item *items; /* a ring */
	size_t size;
	size_t head;
	size_t count;
};

/* Makes a queue for `services` services. What a service has under way at once are a few exits, an
 * exec, a time-out, an emptiness, a stop, and five events from each time that it is listened to,
 * so it cannot overflow. Returns 0 or -ENOMEM. */
int queue_init(struct queue *queue, size_t services);
void queue_finish(struct queue *queue);

void queue_post(struct queue *queue, size_t index, enum service_event_kind kind, int status);

/* The same for the events that have a time span. */
void queue_post_span(
	struct queue *queue, size_t index, enum service_event_kind kind, int64_t span_ms);

/* Takes the oldest; false if there is none. */
bool queue_take(struct queue *queue, struct queue_item *ret_item);
