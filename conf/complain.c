/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "conf/directives.h"

int directive_complain(const struct directive_context *context, const char *format, ...)
{
	char *text = NULL;
	va_list arguments;

	va_start(arguments, format);
	int length = vasprintf(&text, format, arguments);
	va_end(arguments);
	conf_problems_add(context->problems, context->severity, &context->place, "%s%s",
		length < 0 ? "out of memory" : text,
		context->severity == CONF_ERROR ? "" : "; ignored");
	free(length < 0 ? NULL : text);
	return -EINVAL;
}
