/* SPDX-License-Identifier: MIT */
#include "host-launcher/engine/engine_error.h"

#include <ctype.h>
#include <jansson.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

enum {
	TEXT_MAX = 600,
};

static void one_line(char *text)
{
	size_t length = strlen(text);
	while (length && isspace((unsigned char)text[length - 1])) {
		text[--length] = '\0';
	}
	for (char *c = text; *c; c++) {
		if (*c == '\n' || *c == '\r') {
			*c = ' ';
		}
	}
}

char *engine_error_text(const char *body, size_t length)
{
	json_auto_t *root = json_loadb(body, length, JSON_REJECT_DUPLICATES, NULL);
	const char *message = json_string_value(json_object_get(root, "message"));
	char *text = message ? alloc_copy_range(message, TEXT_MAX)
			     : alloc_copy_range(body, length < TEXT_MAX ? length : TEXT_MAX);
	one_line(text);
	if (!*text) {
		alloc_freep(&text);
		text = alloc_copy("it gave no reason");
	}
	return text;
}
