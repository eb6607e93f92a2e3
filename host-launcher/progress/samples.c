/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/samples.h"

#include <jansson.h>
#include <string.h>

static uint64_t number(const json_t *object, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(object, key));
	return value > 0 ? (uint64_t)value : 0;
}

/* Of cgroup v1 and v2; what the kernel would drop when memory gets short is not needed. */
static uint64_t read_memory(const json_t *root)
{
	const json_t *memory = json_object_get(root, "memory_stats");
	const json_t *details = json_object_get(memory, "stats");
	uint64_t usage = number(memory, "usage");
	uint64_t cache = number(details, "total_inactive_file");
	cache = cache ? cache : number(details, "inactive_file");
	return usage > cache ? usage - cache : 0;
}

static void read_blocks(const json_t *root, struct sample *sample)
{
	const json_t *list =
		json_object_get(json_object_get(root, "blkio_stats"), "io_service_bytes_recursive");
	size_t index;
	const json_t *item;
	json_array_foreach(list, index, item)
	{
		const char *kind = json_string_value(json_object_get(item, "op"));
		if (kind && strcasecmp(kind, "read") == 0) {
			sample->read += number(item, "value");
		} else if (kind && strcasecmp(kind, "write") == 0) {
			sample->written += number(item, "value");
		}
	}
}

/* CPU time over clock time since the last line. */
static double read_cpus(struct samples *samples, const json_t *root, int64_t now_ms)
{
	const json_t *usage = json_object_get(json_object_get(root, "cpu_stats"), "cpu_usage");
	uint64_t cpu_ns = number(usage, "total_usage");
	int64_t elapsed_ms = now_ms - samples->cpu_at_ms;
	double cpus = 0;
	if (samples->cpu_at_ms && elapsed_ms > 0 && cpu_ns > samples->cpu_ns) {
		cpus = (double)(cpu_ns - samples->cpu_ns) / (double)elapsed_ms / 1e6;
	}
	samples->cpu_ns = cpu_ns;
	samples->cpu_at_ms = now_ms;
	return cpus;
}

static void thin_out(struct samples *samples)
{
	for (size_t i = 0; i < SAMPLES_MAX / 2; i++) {
		samples->items[i] = samples->items[2 * i];
	}
	samples->count = SAMPLES_MAX / 2;
	samples->stride = samples->stride ? 2 * samples->stride : 2;
}

static void keep(struct samples *samples, const struct sample *sample)
{
	samples->last = *sample;
	if (sample->memory > samples->memory_peak) {
		samples->memory_peak = sample->memory;
	}
	if (samples->skipped++ % (samples->stride ? samples->stride : 1) == 0) {
		samples->items[samples->count++] = *sample;
		if (samples->count == SAMPLES_MAX) {
			thin_out(samples);
		}
	}
}

static void take_line(struct samples *samples, int64_t now_ms)
{
	json_auto_t *root = json_loadb(samples->line.data, samples->line.length, 0, NULL);
	/* The last line of an ended container is all zeros. */
	if (!json_object_get(json_object_get(root, "memory_stats"), "usage")) {
		return;
	}
	struct sample sample = { .at_ms = now_ms, .memory = read_memory(root) };
	sample.cpus = read_cpus(samples, root, now_ms);
	read_blocks(root, &sample);
	keep(samples, &sample);
}

void samples_feed(struct samples *samples, const char *data, size_t length, int64_t now_ms)
{
	while (length) {
		const char *newline = memchr(data, '\n', length);
		size_t piece = newline ? (size_t)(newline - data) : length;
		if (samples->line.length + piece <= SAMPLES_LINE_MAX) {
			buffer_append(&samples->line, data, piece);
		}
		if (newline) {
			take_line(samples, now_ms);
			samples->line.length = 0;
			piece++;
		}
		data += piece;
		length -= piece;
	}
}

void samples_finish(struct samples *samples)
{
	buffer_finish(&samples->line);
}
