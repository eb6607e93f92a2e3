/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A list of strings that it owns, NULL-terminated like argv, and shell quoting. Zero-initialise
 * before first use.
 */

#include <stdbool.h>
#include <stddef.h>

#include "host-launcher/base/buffer.h"

struct string_list {
	char **items; /* NULL while empty */
	size_t count;
};

void string_list_add(struct string_list *list, const char *text);

/* Adds a string that came from malloc() and takes it over. */
void string_list_take(struct string_list *list, char *text);

bool string_list_has(const struct string_list *list, const char *text);

void string_list_finish(struct string_list *list);

/* Appends `text` as one word of sh(1): plain where nothing in it is special, else in single
 * quotes. */
void quote_word(struct buffer *out, const char *text);

/* All words, quoted, with blanks between them. */
void quote_words(struct buffer *out, const char *const *words, size_t count);

/* Replaces control bytes by '?', but for newlines and tabs: what an engine, a file's name or a
 * build says cannot steer the terminal then. */
void text_make_harmless(char *text);

/* Of `count` candidates (each `stride` bytes after the one before, pointing to its name) the one
 * that `word` was probably meant to be, or NULL. Half of the word may be wrong, but no more
 * than three letters. */
const char *nearest_name(const char *word, const char *const *first, size_t count, size_t stride);
