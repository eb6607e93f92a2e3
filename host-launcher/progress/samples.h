/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What a build uses of the machine over time: the engine's stream of statistics, a line of JSON
 * each second, made into a curve of bounded length. Pure. https://docs.docker.com/engine/api/
 * (ContainerStats)
 */

#include <stdint.h>

#include "host-launcher/base/buffer.h"

enum {
	/* When there are more, every second one goes. */
	SAMPLES_MAX = 1024,
	/* A line longer than this is none of the engine's. */
	SAMPLES_LINE_MAX = 256 << 10,
};

struct sample {
	int64_t at_ms;
	uint64_t memory; /* bytes, without the page cache that could be given back */
	double cpus;     /* used on average since the sample before */
	uint64_t read;   /* bytes from block devices so far */
	uint64_t written;
};

/* Zero-initialise before first use. */
struct samples {
	struct sample items[SAMPLES_MAX];
	size_t count;
	unsigned stride; /* of `stride` lines one is kept; 0 is 1 */
	unsigned skipped;
	struct buffer line;
	uint64_t cpu_ns; /* of the last line */
	int64_t cpu_at_ms;
	uint64_t memory_peak;
	struct sample last; /* kept or not */
};

void samples_feed(struct samples *samples, const char *data, size_t length, int64_t now_ms);

void samples_finish(struct samples *samples);
