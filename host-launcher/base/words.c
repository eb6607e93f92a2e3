/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/words.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

void string_list_take(struct string_list *list, char *text)
{
	list->items = alloc_resize(list->items, list->count + 2, sizeof(*list->items));
	list->items[list->count++] = text;
	list->items[list->count] = NULL;
}

void string_list_add(struct string_list *list, const char *text)
{
	string_list_take(list, alloc_copy(text));
}

bool string_list_has(const struct string_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0) {
			return true;
		}
	}
	return false;
}

void string_list_finish(struct string_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i]);
	}
	free(list->items);
	*list = (struct string_list) { 0 };
}

void quote_word(struct buffer *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789%+,-./:=@_";
	if (*text && strspn(text, plain) == strlen(text)) {
		buffer_append_text(out, text);
		return;
	}
	buffer_append_text(out, "'");
	for (const char *c = text; *c; c++) {
		if (*c == '\'') {
			buffer_append_text(out, "'\\''");
		} else {
			buffer_append(out, c, 1);
		}
	}
	buffer_append_text(out, "'");
}

void quote_words(struct buffer *out, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		buffer_append_text(out, i ? " " : "");
		quote_word(out, words[i]);
	}
}

void text_make_harmless(char *text)
{
	for (; *text; text++) {
		if (((unsigned char)*text < 0x20 && *text != '\n' && *text != '\t') ||
			*text == 0x7f) {
			*text = '?';
		}
	}
}

enum {
	NAME_MAX_LENGTH = 63,
	FARTHEST = 3,
};

/* Levenshtein's distance, one row at a time. */
static size_t distance(const char *a, const char *b)
{
	size_t row[NAME_MAX_LENGTH + 1];
	size_t width = strlen(b);
	for (size_t j = 0; j <= width; j++) {
		row[j] = j;
	}
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];
		row[0] = i + 1;
		for (size_t j = 0; j < width; j++) {
			size_t best = diagonal + (a[i] == b[j] ? 0 : 1);
			diagonal = row[j + 1];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j + 1] = best < diagonal + 1 ? best : diagonal + 1;
		}
	}
	return row[width];
}

const char *nearest_name(const char *word, const char *const *first, size_t count, size_t stride)
{
	const char *best = NULL;
	size_t half = strlen(word) / 2;
	size_t best_distance = (half < FARTHEST ? half : FARTHEST) + 1;
	for (size_t i = 0; i < count; i++) {
		const char *const *slot = (const void *)((const char *)first + i * stride);
		if (!*slot || strlen(*slot) > NAME_MAX_LENGTH) {
			continue;
		}
		size_t candidate = distance(word, *slot);
		if (candidate < best_distance) {
			best = *slot;
			best_distance = candidate;
		}
	}
	return best;
}
