/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/live.h"

#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/message.h"

static bool shown;

static void put(const char *text)
{
	(void)file_write_all(STDERR_FILENO, text, strlen(text));
}

void live_show(const char *line)
{
	const char *begin = message_is_colored() ? "\033[2m" : "";
	const char *end = message_is_colored() ? "\033[0m" : "";
	/* In one piece, and what was there goes last: nothing flickers. */
	autofree char *text = alloc_printf("\r%s%s%s\033[K", begin, line, end);
	put(text);
	shown = true;
}

bool live_is_shown(void)
{
	return shown;
}

void live_hide(void)
{
	if (shown) {
		shown = false;
		put("\r\033[K");
	}
}
