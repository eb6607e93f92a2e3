/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/words.h"

void failure_fill(struct failure *failure, int code, const char *format, ...)
{
	char text[sizeof(failure->text)];
	va_list arguments;
	va_start(arguments, format);
	if (vsnprintf(text, sizeof(text), format, arguments) < 0) {
		text[0] = '\0';
	}
	va_end(arguments);

	text_make_harmless(text);
	memcpy(failure->text, text, sizeof(text));
	failure->code = code;
}

void failure_list(struct failure *failure, int code, const char *headline,
	const struct conf_problems *problems)
{
	char *text = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);
	if (out) {
		conf_problems_print(problems, out);
		fclose(out);
	}
	while (length && text[length - 1] == '\n') {
		text[--length] = '\0';
	}
	failure_fill(failure, code, "%s\n%s", headline, text ? text : "");
	free(text);
}
