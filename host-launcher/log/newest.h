/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The newest bytes of a record that is read while it is written. Its reader may meet a line that is
 * there in part, and give it an end that it has not; so they are kept until they are the same in
 * the next reading. Pure.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/engine/stream.h"

/* Zero-initialise before first use. */
struct newest {
	enum stream_source source;
	struct buffer bytes;
	enum stream_source source_before;
	struct buffer before; /* kept at the end of the last reading */
};

/* Keeps these instead of what was kept. */
void newest_keep(struct newest *newest, enum stream_source source, const char *data, size_t length);

/* Whether what is kept is what was kept at the end of the last reading. */
bool newest_is_settled(const struct newest *newest);

/* Nothing is kept any more: it was passed on. */
void newest_clear(struct newest *newest);

/* The reading is over: what is kept will come again in the next one. */
void newest_end_reading(struct newest *newest);

void newest_finish(struct newest *newest);
