/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/value.h"

#define BLANKS " \t\n\r"

static size_t put_utf8(uint32_t code, char *out)
{
	if (code < 0x80) {
		out[0] = (char)code;
		return 1;
	}
	size_t extra = code < 0x800 ? 1 : code < 0x10000 ? 2 : 3;
	static const unsigned char lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	out[0] = (char)(lead[extra] | (code >> (6 * extra)));
	for (size_t i = 1; i <= extra; i++) {
		out[i] = (char)(0x80 | ((code >> (6 * (extra - i))) & 0x3f));
	}
	return extra + 1;
}

/* Reads exactly `digits` digits of `base`; false if there are fewer. */
static bool take_digits(const char *text, size_t digits, int base, uint32_t *ret_code)
{
	char copy[9] = "";

	for (size_t i = 0; i < digits; i++) {
		if (base == 16 ? !isxdigit((unsigned char)text[i])
			       : text[i] < '0' || text[i] > '7') {
			return false;
		}
		copy[i] = text[i];
	}
	*ret_code = (uint32_t)strtoul(copy, NULL, base);
	return true;
}

/*
 * Undoes the escape behind a backslash: `text` is what follows it. Returns how many bytes of text
 * it took and writes to `out` (4 bytes at most). 0: no escape that is known, both are literal.
 */
static size_t unescape(const char *text, char *out, size_t *ret_length)
{
	static const char letters[] = "abfnrtvs\\\"'";
	static const char meanings[] = "\a\b\f\n\r\t\v \\\"'";
	const char *hit = *text ? strchr(letters, *text) : NULL;
	uint32_t code;

	if (hit) {
		*out = meanings[hit - letters];
		*ret_length = 1;
		return 1;
	}
	size_t digits = *text == 'x' ? 2 : *text == 'u' ? 4 : *text == 'U' ? 8 : 0;
	if (digits) {
		if (!take_digits(text + 1, digits, 16, &code) || !code || code > 0x10ffff) {
			return 0;
		}
	} else if (!take_digits(text, 3, 8, &code) || !code || code > 0xff) {
		return 0;
	}
	if (digits > 2) {
		*ret_length = put_utf8(code, out);
	} else {
		*out = (char)code;
		*ret_length = 1;
	}
	return digits ? digits + 1 : 3;
}

int conf_unescape(const char *text, char *out)
{
	const char *start = out;

	while (*text) {
		size_t length = 0;
		size_t taken = *text == '\\' ? unescape(text + 1, out, &length) : 0;

		if (taken) {
			text += 1 + taken;
			out += length;
		} else if (*text == '\\') {
			return -EINVAL;
		} else {
			*out++ = *text++;
		}
	}
	*out = '\0';
	return (int)(out - start);
}

struct word_state {
	const char *in;
	char *out;
	char quote; /* the quote that is open, or 0 */
	unsigned traits;
};

static void take_escape(struct word_state *w)
{
	size_t length = 0;
	size_t taken = unescape(w->in + 1, w->out, &length);

	w->traits |= WORD_QUOTED | (taken ? 0 : WORD_ODD_ESCAPE);
	if (!taken) {
		*w->out++ = *w->in++;
		/* What is behind it stays as well, even if it is a blank. */
		if (*w->in) {
			*w->out++ = *w->in++;
		}
		return;
	}
	w->in += 1 + taken;
	w->out += length;
}

static void take_byte(struct word_state *w)
{
	char byte = *w->in;

	if (byte == '\\') {
		take_escape(w);
	} else if (byte == w->quote) {
		w->quote = 0;
		w->in++;
	} else if (!w->quote && (byte == '"' || byte == '\'')) {
		w->quote = byte;
		w->traits |= WORD_QUOTED;
		w->in++;
	} else {
		*w->out++ = byte;
		w->in++;
	}
}

int conf_next_word(
	const char **text, struct conf_arena *arena, char **ret_word, unsigned *ret_traits)
{
	const char *start = *text + strspn(*text, BLANKS);

	if (!*start) {
		*text = start;
		return 0;
	}
	/* A word never grows, as each escape is longer than what it stands for. */
	char *word = conf_arena_alloc(arena, strlen(start) + 1);
	if (!word) {
		return -ENOMEM;
	}
	struct word_state w = { .in = start, .out = word };
	while (*w.in && (w.quote || !strchr(BLANKS, *w.in))) {
		take_byte(&w);
	}
	*w.out = '\0';
	if (w.quote) {
		return -EINVAL;
	}
	conf_arena_trim(arena, word, (size_t)(w.out - word) + 1);
	*text = w.in;
	*ret_word = word;
	if (ret_traits) {
		*ret_traits = w.traits;
	}
	return 1;
}

bool conf_next_word_of_value(const char **text, char *word)
{
	const char *in = *text + strspn(*text, BLANKS);
	char quote = 0;

	if (!*in) {
		*text = in;
		return false;
	}
	for (; *in && (quote || !strchr(BLANKS, *in)); in++) {
		if (*in == '\\') {
			in++;
			*word++ = *in;
			in -= !*in;
		} else if (quote && *in == quote) {
			quote = 0;
		} else if (!quote && (*in == '"' || *in == '\'')) {
			quote = *in;
		} else {
			*word++ = *in;
		}
	}
	*word = '\0';
	*text = in;
	return true;
}
