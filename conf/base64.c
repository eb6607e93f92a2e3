/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <string.h>

#include "conf/value.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static bool is_blank(char byte)
{
	return byte && strchr(" \t\n\r", byte);
}

static const char *skip_blanks(const char *text)
{
	while (is_blank(*text)) {
		text++;
	}
	return text;
}

/* The four digits of a group as a number, and how many of them are padding; -EINVAL for others. */
static int take_group(const char **text, uint32_t *ret_bits)
{
	uint32_t bits = 0;
	int padding = 0;

	for (int i = 0; i < 4; i++) {
		const char *at = skip_blanks(*text);
		const char *digit = *at ? strchr(digits, *at) : NULL;

		if (digit ? padding : *at != '=' || i < 2) {
			return -EINVAL;
		}
		padding += !digit;
		bits = bits << 6 | (uint32_t)(digit ? digit - digits : 0);
		*text = at + 1;
	}
	*ret_bits = bits;
	return padding;
}

int conf_decode_base64(const char *text, char *out)
{
	const char *start = out;
	int padding = 0;

	for (text = skip_blanks(text); *text; text = skip_blanks(text)) {
		uint32_t bits = 0;

		/* Padding is the end, and has nothing but zeros in the bits that it leaves over. */
		padding = padding ? -EINVAL : take_group(&text, &bits);
		if (padding < 0 || bits & ((1U << (8 * (unsigned)padding)) - 1)) {
			return -EINVAL;
		}
		for (int i = 0; i < 3 - padding; i++) {
			*out++ = (char)(bits >> (16 - 8 * i));
		}
	}
	return (int)(out - start);
}
