/* SPDX-License-Identifier: MIT */
#include "conf/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many bytes the character at `text` has, where `rest` are left, or 0 if it is none (RFC 3629).
 */
static size_t utf8_length(const unsigned char *text, size_t rest)
{
	size_t length = *text < 0x80   ? 1
			: *text < 0xc2 ? 0
			: *text < 0xe0 ? 2
			: *text < 0xf0 ? 3
				       : 4;
	uint32_t code = length > 1 ? *text & (0x7fU >> length) : *text;

	if (length > rest) {
		return 0;
	}
	for (size_t i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80) {
			return 0;
		}
		code = code << 6 | (text[i] & 0x3fU);
	}
	bool is_surrogate = code >= 0xd800 && code <= 0xdfff;
	bool is_long = (length == 3 && code < 0x800) || (length == 4 && code < 0x10000);

	return is_surrogate || is_long || code > 0x10ffff ? 0 : length;
}

void conf_json_bytes(FILE *out, const char *bytes, size_t size)
{
	size_t length;

	fputc('"', out);
	for (size_t i = 0; i < size; i += length ? length : 1) {
		unsigned char c = (unsigned char)bytes[i];

		length = utf8_length((const unsigned char *)bytes + i, size - i);
		if (c == '"' || c == '\\') {
			fprintf(out, "\\%c", c);
		} else if (c < ' ' || c == 127) {
			fprintf(out, "\\u%04x", c);
		} else if (!length) {
			fputs("\\ufffd", out);
		} else {
			fwrite(bytes + i, 1, length, out);
		}
	}
	fputc('"', out);
}

void conf_json_string(FILE *out, const char *text)
{
	if (text) {
		conf_json_bytes(out, text, strlen(text));
	} else {
		fputs("null", out);
	}
}
