/* SPDX-License-Identifier: MIT */
#include "init/recent.h"

static char byte_at(const struct recent *r, size_t at)
{
	return r->bytes[(r->head + at) % RECENT_SIZE];
}

static void put(struct recent *r, char byte)
{
	r->bytes[(r->head + r->length++) % RECENT_SIZE] = byte;
}

static void drop_oldest(struct recent *r)
{
	size_t end = 0;

	while (end < r->length && byte_at(r, end) != '\n') {
		end++;
	}
	end += end < r->length;
	r->head = (r->head + end) % RECENT_SIZE;
	r->length -= end;
}

void recent_add(struct recent *r, const char *line, size_t length)
{
	size_t kept = length < RECENT_LINE_MAX ? length : RECENT_LINE_MAX;

	while (r->length + kept + 1 > RECENT_SIZE) {
		drop_oldest(r);
	}
	for (size_t i = 0; i < kept; i++) {
		put(r, line[i]);
	}
	put(r, '\n');
}

void recent_for_each(const struct recent *r,
	void (*visit)(const char *line, size_t length, void *data), void *data)
{
	char line[RECENT_LINE_MAX];
	size_t length = 0;

	for (size_t i = 0; i < r->length; i++) {
		char byte = byte_at(r, i);

		if (byte == '\n') {
			visit(line, length, data);
			length = 0;
		} else {
			line[length++] = byte;
		}
	}
}
