/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/failure.h"

#include <stdarg.h>
#include <stdio.h>
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
