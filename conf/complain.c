/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

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

int directive_next_word(const struct directive_context *context, const struct directive *directive,
	const char **rest, char **ret_word, bool *ret_quoted)
{
	unsigned traits = 0;
	int r = conf_next_word(rest, &context->set->arena, ret_word, &traits);

	if (r == -EINVAL) {
		return directive_complain(context, "%s=: a quote is not closed", directive->name);
	}
	/* `\;` is a word of ExecStart=. */
	if (r > 0 && traits & WORD_ODD_ESCAPE && strcmp(*ret_word, "\\;") != 0) {
		conf_problems_add(context->problems, CONF_WARNING, &context->place,
			"%s=: a backslash in \"%s\" means nothing and stays: write \\\\ for one",
			directive->name, *ret_word);
	}
	if (ret_quoted) {
		*ret_quoted = traits & WORD_QUOTED;
	}
	return r;
}
