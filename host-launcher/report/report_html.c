/* SPDX-License-Identifier: MIT */
#include "host-launcher/report/report_html.h"

#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/report_text.h"

/* Its bytes as numbers, each with a comma behind. */
static const unsigned char page[] = {
#include "host-launcher/report_page.inc"
	'\0',
};

/* Up to `mark`, then the JSON in its place. Returns what follows the mark. */
static const char *add_until(
	struct buffer *out, const char *from, const char *mark, const json_t *json)
{
	const char *place = strstr(from, mark);
	autofree char *text = json_dumps(json, JSON_COMPACT);
	if (!place) {
		return from;
	}
	buffer_append(out, from, (size_t)(place - from));
	report_text_add_script(out, text ? text : "null");
	return place + strlen(mark);
}

/* Colours are for terminals. */
static void strip_escapes(char *text)
{
	char *to = text;
	for (const char *from = text; *from; from++) {
		if (*from == '\r') {
			continue;
		}
		if (from[0] == '\033' && from[1] == '[') {
			from += 2 + strspn(from + 2, "0123456789;?");
			if (!*from) {
				break;
			}
			continue;
		}
		*to++ = *from;
	}
	*to = '\0';
}

char *report_html_make(const json_t *report, const char *log, uint64_t log_offset)
{
	struct buffer out = { 0 };
	autofree char *text = alloc_copy(log);
	report_text_make_utf8(text);
	strip_escapes(text);
	json_auto_t *part = json_pack("{s:s, s:I}", "text", text, "offset", (json_int_t)log_offset);
	const char *rest = add_until(&out, (const char *)page, "@REPORT@", report);
	rest = add_until(&out, rest, "@LOG@", part);
	buffer_append_text(&out, rest);
	return buffer_steal(&out);
}
