/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/message.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/live.h"
#include "host-launcher/base/words.h"

static enum message_level shown = MESSAGE_NORMAL;
static bool colored;

void message_init(enum message_level level, const char *color)
{
	const char *no_color = getenv("NO_COLOR");
	shown = level;
	if (strcmp(color, "auto") == 0) {
		colored = isatty(STDERR_FILENO) && !(no_color && *no_color);
	} else {
		colored = strcmp(color, "always") == 0;
	}
}

bool message_is_colored(void)
{
	return colored;
}

/* `kind` is "" or for example "error: "; `sgr` its colour. */
static void say(const char *kind, const char *sgr, const char *format, va_list arguments)
	__attribute__((format(printf, 3, 0)));

static void say(const char *kind, const char *sgr, const char *format, va_list arguments)
{
	bool color = colored && *kind;
	char *text = NULL;
	if (vasprintf(&text, format, arguments) < 0) {
		return;
	}
	text_make_harmless(text);
	live_hide();
	fprintf(stderr, "berth: %s%s%s%s\n", color ? sgr : "", kind, color ? "\033[0m" : "", text);
	free(text);
}

void message_detail(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (shown >= MESSAGE_VERBOSE) {
		say("", "", format, arguments);
	}
	va_end(arguments);
}

void message_note(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	if (shown >= MESSAGE_NORMAL) {
		say("", "", format, arguments);
	}
	va_end(arguments);
}

void message_warn(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say("warning: ", "\033[1;33m", format, arguments);
	va_end(arguments);
}

static void say_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void say_error(const char *format, ...)
{
	va_list arguments;
	va_start(arguments, format);
	say("error: ", "\033[1;31m", format, arguments);
	va_end(arguments);
}

void message_failure(const struct failure *failure)
{
	say_error("%s", failure->text);
}
