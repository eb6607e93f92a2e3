/* SPDX-License-Identifier: MIT */
#include "init/log_input.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "init/clock.h"
#include "init/log_output.h"

enum {
	DROPPED_TEXT_MAX = 512,
	/* A pipe's whole capacity, several times over. */
	READS_MAX = 64,
};

static void show(struct log_channel *c, const char *line, size_t length)
{
	recent_add(c->recent, line, length);
	if (c->timed) {
		c->spoke_ms = clock_now_ms();
	}
	if (c->observe) {
		c->observe(c->observer, line, length);
	}
}

bool log_input_tell_dropped(struct log_channel *c)
{
	char text[DROPPED_TEXT_MAX];

	if (!c->dropped_lines) {
		return true;
	}
	int length = snprintf(text, sizeof(text),
		"%.255s: %llu lines of its output were dropped, %llu bytes", c->name,
		(unsigned long long)c->dropped_lines, (unsigned long long)c->dropped_bytes);
	if (!log_put_line(c->log, OWN_NAME, 0, text, (size_t)length)) {
		return false;
	}
	c->dropped_lines = c->dropped_bytes = 0;
	return true;
}

/* Passes a line on, or drops it if the service would rather lose it than wait. False: it waits. */
static bool put(struct log_channel *c, const char *line, size_t length, size_t bytes)
{
	struct log *log = c->log;

	for (int tries = 0; !log->broken; tries++) {
		if (log_input_tell_dropped(c) &&
			log_put_line(log, c->name, c->color, line, length)) {
			break;
		}
		if (c->overflow != LOG_OVERFLOW_DROP) {
			return false;
		}
		if (tries > 0 || log->waiting) {
			c->dropped_lines++;
			c->dropped_bytes += bytes;
			break;
		}
		log_output_flush(log);
	}
	show(c, line, length);
	return true;
}

bool log_input_pass_lines(struct log_channel *c)
{
	while (c->start < c->end) {
		const char *line = c->buffer + c->start;
		size_t held = c->end - c->start;
		const char *newline = memchr(line, '\n', held);
		size_t length = newline ? (size_t)(newline - line) : held;

		if (!newline && held < LOG_LINE_MAX) {
			break;
		}
		size_t bytes = length + (newline != NULL);

		if (!put(c, line, length, bytes)) {
			return false;
		}
		c->start += bytes;
	}
	memmove(c->buffer, c->buffer + c->start, c->end - c->start);
	c->end -= c->start;
	c->start = 0;
	return true;
}

bool log_input_pass_rest(struct log_channel *c)
{
	if (!log_input_pass_lines(c)) {
		return false;
	}
	if (c->end && !put(c, c->buffer, c->end, c->end)) {
		return false;
	}
	c->end = 0;
	return log_input_tell_dropped(c);
}

/* What cannot be read from disk any more is lost. */
static void fill_from_spill(struct log_channel *c)
{
	size_t before = (size_t)spill_length(&c->spill);
	ssize_t n = spill_give(&c->spill, c->buffer + c->end, LOG_LINE_MAX - c->end);

	if (n > 0) {
		c->end += (size_t)n;
	} else {
		c->log->lost += before;
	}
}

/* The loop would tell of it without end: where there is no room for the rest, it is looked at again
 * when there is. */
static void end(struct log_channel *c)
{
	ev_io_stop(c->log->loop, &c->watch);
	if (!log_input_pass_rest(c)) {
		c->log->paused = true;
		return;
	}
	close(c->read_fd);
	c->read_fd = -1;
}

bool log_input_fill(struct log_channel *c)
{
	if (!spill_is_empty(&c->spill)) {
		fill_from_spill(c);
		return true;
	}
	if (c->read_fd < 0) {
		return false;
	}
	ssize_t n = read(c->read_fd, c->buffer + c->end, LOG_LINE_MAX - c->end);
	if (n > 0) {
		c->end += (size_t)n;
	} else if (n == 0) {
		end(c);
	}
	return n > 0;
}

void log_input_spill(struct log_channel *c)
{
	ssize_t n = spill_take(&c->spill, c->read_fd);

	if (n > 0 && c->timed) {
		c->spoke_ms = clock_now_ms();
	}
	if (n <= 0 && n != -EAGAIN && n != -EINTR) {
		ev_io_stop(c->log->loop, &c->watch);
	}
}

bool log_input_pass_held(struct log_channel *c)
{
	if (!log_input_pass_lines(c)) {
		return false;
	}
	if (!spill_is_empty(&c->spill)) {
		log_input_fill(c);
		log_input_pass_lines(c);
	}
	return spill_is_empty(&c->spill) && log_input_pass_lines(c);
}

bool log_input_drain(struct log_channel *c)
{
	for (int i = 0; i < READS_MAX; i++) {
		if (!log_input_pass_lines(c)) {
			return true;
		}
		if (!log_input_fill(c)) {
			return false;
		}
		log_output_flush(c->log);
	}
	return true;
}

size_t log_input_held(const struct log_channel *c)
{
	return c->end - c->start + (size_t)spill_length(&c->spill);
}
