/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/phases.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"

/* What live-build itself calls the parts of `lb build`. */
static const char *const stages[] = { "bootstrap", "chroot", "installer", "binary", "source" };

/* Drops colours: ESC [ ... letter. */
static void strip_colours(char *line)
{
	char *to = line;
	for (const char *from = line; *from; from++) {
		if (from[0] == '\033' && from[1] == '[') {
			from += 2 + strspn(from + 2, "0123456789;");
			if (!*from) {
				break;
			}
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
}

/* "[2026-01-31 12:00:00] " at `text`; its length, or 0. */
static size_t match_time(const char *text)
{
	static const char shape[] = "[dddd-dd-dd dd:dd:dd] ";
	for (size_t i = 0; shape[i]; i++) {
		bool fits = shape[i] == 'd' ? isdigit((unsigned char)text[i]) : text[i] == shape[i];
		if (!fits) {
			return 0;
		}
	}
	return strlen(shape);
}

/* Of the time that match_time() found at `text`. */
static int64_t read_time_ms(const char *text, int64_t epoch_ms)
{
	struct tm parts = { 0 };
	(void)strptime(text + 1, "%Y-%m-%d %H:%M:%S", &parts);
	return (int64_t)timegm(&parts) * 1000 + epoch_ms;
}

/* The text behind what begins a phase, or NULL; where the line has a time, that as well. */
static const char *find_begin(const char *line, const char **ret_time)
{
	static const char own[] = "berth: phase ";
	for (const char *at = line; (at = strstr(at, "[")); at++) {
		size_t length = match_time(at);
		if (length && strncmp(at + length, "lb ", strlen("lb ")) == 0) {
			*ret_time = at;
			return at + length + strlen("lb ");
		}
	}
	const char *found = strstr(line, own);
	return found ? found + strlen(own) : NULL;
}

/* The name, without blanks around it and with nothing that could steer a terminal. */
static void copy_name(char to[PHASE_NAME_MAX], const char *from)
{
	size_t length = 0;
	from += strspn(from, " ");
	for (; *from && length + 1 < PHASE_NAME_MAX; from++) {
		to[length++] = (char)((unsigned char)*from < 0x20 || *from == 0x7f ? '?' : *from);
	}
	while (length && to[length - 1] == ' ') {
		length--;
	}
	to[length] = '\0';
}

static void follow_stage(struct phases *phases, const char *name)
{
	for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
		if (strcmp(stages[i], name) == 0) {
			snprintf(phases->stage, sizeof(phases->stage), "%s", name);
		}
	}
}

/* "berth: cache 93%" */
static void take_cache(struct phases *phases)
{
	static const char begin[] = "berth: cache ";
	const char *found = strstr(phases->line, begin);
	char *end;
	if (!found || !isdigit((unsigned char)found[strlen(begin)])) {
		return;
	}
	unsigned long percent = strtoul(found + strlen(begin), &end, 10);
	if (*end == '%' && percent <= 100) {
		phases->cache_known = true;
		phases->cache_percent = (unsigned)percent;
	}
}

/* No earlier than the phase before, and not in the future: a log may say what it likes. */
static int64_t replayed_ms(const struct phases *phases, const char *time, int64_t now_ms)
{
	const struct phase *last = phases_current(phases);
	int64_t least_ms = last ? last->start_ms : phases->begin_ms;
	int64_t at_ms = time ? read_time_ms(time, phases->epoch_ms) : least_ms;
	at_ms = at_ms < least_ms ? least_ms : at_ms;
	return at_ms > now_ms ? now_ms : at_ms;
}

static void take_line(struct phases *phases, int64_t now_ms)
{
	const char *time = NULL;
	strip_colours(phases->line);
	take_cache(phases);
	const char *begin = find_begin(phases->line, &time);
	if (phases->replayed) {
		now_ms = replayed_ms(phases, time, now_ms);
	}
	struct phase phase = { .start_ms = now_ms, .end_ms = now_ms };
	if (!begin || phases->count == PHASES_MAX) {
		return;
	}
	copy_name(phase.name, begin);
	if (!*phase.name) {
		return;
	}
	phases_end(phases, now_ms);
	follow_stage(phases, phase.name);
	memcpy(phase.stage, phases->stage, sizeof(phase.stage));
	phase.log_offset = phases->line_offset;
	phases->items = alloc_resize(phases->items, phases->count + 1, sizeof(phase));
	phases->items[phases->count++] = phase;
}

static void end_line(struct phases *phases, int64_t now_ms)
{
	phases->line[phases->line_length] = '\0';
	take_line(phases, now_ms);
	phases->line_length = 0;
	phases->line_offset = phases->offset;
}

void phases_feed(struct phases *phases, const char *data, size_t length, int64_t now_ms)
{
	const char *end = data + length;
	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t piece = (size_t)((newline ? newline : end) - data);
		size_t room = PHASE_LINE_MAX - phases->line_length;
		size_t kept = piece < room ? piece : room;
		memcpy(phases->line + phases->line_length, data, kept);
		phases->line_length += kept;
		phases->offset += piece + (newline != NULL);
		data += piece;
		if (newline) {
			end_line(phases, now_ms);
			data++;
		}
	}
}

void phases_end(struct phases *phases, int64_t now_ms)
{
	if (phases->count) {
		phases->items[phases->count - 1].end_ms = now_ms;
	}
}

const struct phase *phases_current(const struct phases *phases)
{
	return phases->count ? &phases->items[phases->count - 1] : NULL;
}

void phases_finish(struct phases *phases)
{
	free(phases->items);
	*phases = (struct phases) { 0 };
}
