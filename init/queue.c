/* SPDX-License-Identifier: MIT */
#include "init/queue.h"

#include <errno.h>
#include <stdlib.h>

int queue_init(struct queue *queue, size_t services)
{
	*queue = (struct queue) { .size = 24 * services + 64 };
	queue->items = calloc(queue->size, sizeof(*queue->items));
	return queue->items ? 0 : -ENOMEM;
}

void queue_finish(struct queue *queue)
{
	free(queue->items);
	*queue = (struct queue) { 0 };
}

static void put(struct queue *queue, size_t index, struct service_event event)
{
	/* A full queue would be a bug; PID 1 survives it, and the state's time-out still comes. */
	if (queue->count == queue->size) {
		return;
	}
	size_t tail = (queue->head + queue->count++) % queue->size;
	queue->items[tail] = (struct queue_item) { index, event };
}

void queue_post(struct queue *queue, size_t index, enum service_event_kind kind, int status)
{
	put(queue, index, (struct service_event) { .kind = kind, .status = status });
}

void queue_post_span(
	struct queue *queue, size_t index, enum service_event_kind kind, int64_t span_ms)
{
	put(queue, index, (struct service_event) { .kind = kind, .span_ms = span_ms });
}

bool queue_take(struct queue *queue, struct queue_item *ret_item)
{
	if (!queue->count) {
		return false;
	}
	*ret_item = queue->items[queue->head];
	queue->head = (queue->head + 1) % queue->size;
	queue->count--;
	return true;
}
