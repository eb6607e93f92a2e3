/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/newest.h"

#include <string.h>

void newest_keep(struct newest *newest, enum stream_source source, const char *data, size_t length)
{
	newest->source = source;
	buffer_consume(&newest->bytes, newest->bytes.length);
	buffer_append(&newest->bytes, data, length);
}

bool newest_is_settled(const struct newest *newest)
{
	const struct buffer *bytes = &newest->bytes;
	return bytes->length && bytes->length == newest->before.length &&
	       newest->source == newest->source_before &&
	       memcmp(bytes->data, newest->before.data, bytes->length) == 0;
}

void newest_clear(struct newest *newest)
{
	buffer_consume(&newest->bytes, newest->bytes.length);
}

void newest_end_reading(struct newest *newest)
{
	struct buffer old = newest->before;
	newest->before = newest->bytes;
	newest->source_before = newest->source;
	newest->bytes = old;
	newest_clear(newest);
}

void newest_finish(struct newest *newest)
{
	buffer_finish(&newest->bytes);
	buffer_finish(&newest->before);
}
