/* SPDX-License-Identifier: MIT */
#include "host-launcher/progress/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/buffer.h"

enum {
	SECOND_MS = 1000,
	MINUTE_S = 60,
	HOUR_S = 3600,
	KIB = 1024,
	MINUTES_SHOWN = 120, /* beyond, hours */
	COLUMNS_LEAST = 10,  /* in less nothing is told */
	PARTS_MAX = 5,
};

enum progress_mode progress_choose(const struct progress_place *place)
{
	bool dumb = !place->term || !*place->term || strcmp(place->term, "dumb") == 0;
	if (place->unwanted) {
		return PROGRESS_NONE;
	}
	if (place->ci) {
		return PROGRESS_PLAIN;
	}
	return place->terminal && !dumb ? PROGRESS_LIVE : PROGRESS_NONE;
}

/* "4:05", "1:02:03". */
static char *show_clock(int64_t ms)
{
	int64_t seconds = ms > 0 ? ms / SECOND_MS : 0;
	int64_t minutes = seconds / MINUTE_S;
	if (seconds < HOUR_S) {
		return alloc_printf("%" PRId64 ":%02" PRId64, minutes, seconds % MINUTE_S);
	}
	return alloc_printf("%" PRId64 ":%02" PRId64 ":%02" PRId64, minutes / MINUTE_S,
		minutes % MINUTE_S, seconds % MINUTE_S);
}

/* No finer than an estimate can be: "under a minute", "25 min", "2 h 10 min". */
static char *show_estimate(int64_t ms)
{
	int64_t minutes = (ms / SECOND_MS + MINUTE_S - 1) / MINUTE_S;
	if (minutes <= 1) {
		return alloc_copy("under a minute left");
	}
	if (minutes < MINUTES_SHOWN) {
		return alloc_printf("about %" PRId64 " min left", minutes);
	}
	return alloc_printf(
		"about %" PRId64 " h %" PRId64 " min left", minutes / 60, minutes % 60 / 10 * 10);
}

static char *show_bytes(int64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes / KIB;
	size_t unit = 0;
	while (value >= KIB && unit + 1 < sizeof(units) / sizeof(units[0])) {
		value /= KIB;
		unit++;
	}
	return alloc_printf(value < 10 ? "%.1f %s written" : "%.0f %s written", value, units[unit]);
}

/* Names come out of a log: each byte has to take one column. */
static char *show_phase(const struct progress *progress)
{
	autofree char *clock = show_clock(progress->phase_ms);
	char *text = progress->phase ? alloc_printf("%s %s", progress->phase, clock)
				     : alloc_copy("starting");
	for (char *c = text; *c; c++) {
		*c = (char)((unsigned char)*c < ' ' || (unsigned char)*c > '~' ? '?' : *c);
	}
	return text;
}

/* The line's parts, most important first; the count. */
static size_t make_parts(const struct progress *progress, char *parts[PARTS_MAX])
{
	size_t count = 0;
	autofree char *elapsed = show_clock(progress->elapsed_ms);
	autofree char *phase = show_phase(progress);
	parts[count++] = alloc_printf("%s  %s", elapsed, phase);
	if (progress->left_ms >= 0) {
		parts[count++] = show_estimate(progress->left_ms);
	}
	if (progress->cache_percent >= 0) {
		parts[count++] = alloc_printf("cache %d%%", progress->cache_percent);
	}
	if (progress->written_bytes >= 0) {
		parts[count++] = show_bytes(progress->written_bytes);
	}
	return count;
}

char *progress_line(const struct progress *progress, unsigned columns)
{
	char *parts[PARTS_MAX];
	struct buffer line = { 0 };
	size_t room = columns >= COLUMNS_LEAST ? columns - 1 : 0;
	size_t count = make_parts(progress, parts);
	for (size_t i = 0; i < count; i++) {
		size_t length = strlen(parts[i]);
		if (i == 0) {
			buffer_append(&line, parts[i], length < room ? length : room);
		} else if (line.length + 2 + length <= room) {
			buffer_printf(&line, ", %s", parts[i]);
		}
		free(parts[i]);
	}
	if (!line.data) {
		return alloc_copy("");
	}
	return buffer_steal(&line);
}

char *progress_sentence(const struct progress *progress)
{
	struct buffer text = { 0 };
	autofree char *elapsed = show_clock(progress->elapsed_ms);
	autofree char *phase = show_phase(progress);
	buffer_printf(&text, "at %s: %s", elapsed, phase);
	if (progress->left_ms >= 0) {
		autofree char *left = show_estimate(progress->left_ms);
		buffer_printf(&text, ", %s", left);
	}
	if (progress->cache_percent >= 0) {
		buffer_printf(&text, ", cache %d%%", progress->cache_percent);
	}
	if (progress->written_bytes >= 0) {
		autofree char *written = show_bytes(progress->written_bytes);
		buffer_printf(&text, ", %s", written);
	}
	return buffer_steal(&text);
}
