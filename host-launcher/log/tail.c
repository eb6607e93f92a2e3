/* SPDX-License-Identifier: MIT */
#include "host-launcher/log/tail.h"

#include <string.h>

static void end_line(struct tail *tail)
{
	tail->next = (tail->next + 1) % TAIL_SLOTS;
	tail->lengths[tail->next] = 0;
	tail->lines[tail->next][0] = '\0';
	if (tail->count < TAIL_LINES) {
		tail->count++;
	}
}

static void add_byte(struct tail *tail, char byte)
{
	size_t *length = &tail->lengths[tail->next];
	if (byte == '\r' || *length == TAIL_LINE_MAX) {
		return;
	}
	char *line = tail->lines[tail->next];
	if (((unsigned char)byte < 0x20 && byte != '\t') || byte == 0x7f) {
		byte = '?';
	}
	line[(*length)++] = byte;
	line[*length] = '\0';
}

/* Where the lines of `data` begin that can still be among the last: of a long log, most of it is
 * gone before anybody asks. */
static size_t skip_lines(const char *data, size_t length)
{
	for (int lines = 0; lines < TAIL_SLOTS && length; lines++) {
		const char *newline = memrchr(data, '\n', length);
		length = newline ? (size_t)(newline - data) : 0;
	}
	return length;
}

void tail_feed(struct tail *tail, const char *data, size_t length)
{
	for (size_t i = skip_lines(data, length); i < length; i++) {
		if (data[i] == '\n') {
			end_line(tail);
		} else {
			add_byte(tail, data[i]);
		}
	}
}

bool tail_is_empty(const struct tail *tail)
{
	return tail->count == 0 && tail->lengths[tail->next] == 0;
}

void tail_for_each(const struct tail *tail, void (*each)(const char *line, void *user), void *user)
{
	/* With a line begun, the oldest whole one makes room for it. */
	size_t begun = tail->lengths[tail->next] > 0;
	size_t skipped = tail->count + begun > TAIL_LINES;
	size_t first = tail->next + TAIL_SLOTS - tail->count;
	for (size_t i = skipped; i < tail->count; i++) {
		each(tail->lines[(first + i) % TAIL_SLOTS], user);
	}
	if (begun) {
		each(tail->lines[tail->next], user);
	}
}
