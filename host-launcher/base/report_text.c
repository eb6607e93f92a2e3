/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/report_text.h"

#include <stdbool.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

/* The length of the character at `text` by RFC 3629, or 0 where there is none. */
static size_t character_length(const unsigned char *text)
{
	static const struct {
		size_t length;
		unsigned least;
		unsigned char mask;
		unsigned char lead;
	} forms[] = {
		{ 1, 0, 0x80, 0x00 },
		{ 2, 0x80, 0xe0, 0xc0 },
		{ 3, 0x800, 0xf0, 0xe0 },
		{ 4, 0x10000, 0xf8, 0xf0 },
	};
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		if ((text[0] & forms[i].mask) != forms[i].lead) {
			continue;
		}
		unsigned code = text[0] & (unsigned char)~forms[i].mask;
		for (size_t j = 1; j < forms[i].length; j++) {
			if ((text[j] & 0xc0) != 0x80) {
				return 0;
			}
			code = code << 6 | (text[j] & 0x3f);
		}
		bool odd = code < forms[i].least || code > 0x10ffff ||
			   (code >= 0xd800 && code <= 0xdfff);
		return odd ? 0 : forms[i].length;
	}
	return 0;
}

void report_text_make_utf8(char *text)
{
	while (*text) {
		size_t length = character_length((const unsigned char *)text);
		if (length == 0) {
			*text = '?';
			length = 1;
		}
		text += length;
	}
}

json_t *report_text_to_json(const char *text)
{
	if (!text) {
		return json_null();
	}
	autofree char *copy = alloc_copy(text);
	report_text_make_utf8(copy);
	return json_string(copy);
}

void report_text_add_xml(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;
		/* U+FFFE and U+FFFF are no characters of XML either. */
		bool last_two = byte == 0xef && (unsigned char)text[1] == 0xbf &&
				(unsigned char)text[2] >= 0xbe;
		if (byte == '&') {
			buffer_append_text(out, "&amp;");
		} else if (byte == '<') {
			buffer_append_text(out, "&lt;");
		} else if (byte == '>') {
			buffer_append_text(out, "&gt;");
		} else if (byte == '"') {
			buffer_append_text(out, "&quot;");
		} else if (last_two) {
			buffer_append_text(out, "?");
			text += 2;
		} else if (byte < 0x20 && byte != '\t' && byte != '\n') {
			buffer_append_text(out, "?");
		} else {
			buffer_append(out, text, 1);
		}
	}
}

void report_text_add_script(struct buffer *out, const char *json)
{
	for (const char *at = json; *at; at++) {
		if (*at == '<') {
			buffer_append_text(out, "\\u003c");
		} else {
			buffer_append(out, at, 1);
		}
	}
}
