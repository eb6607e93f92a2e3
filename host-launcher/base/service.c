/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/service.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <systemd/sd-daemon.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/clock.h"
#include "host-launcher/base/words.h"

/* Half of what the service manager allows is what sd_watchdog_enabled(3) advises. */
static int64_t watchdog_ms(void)
{
	static bool known;
	static int64_t interval_ms;
	if (!known) {
		uint64_t interval_us = 0;
		known = true;
		if (sd_watchdog_enabled(0, &interval_us) > 0) {
			interval_ms = (int64_t)(interval_us / 2000);
			interval_ms = interval_ms > 0 ? interval_ms : 1;
		}
	}
	return interval_ms;
}

/* A line is one assignment, whatever names of branches hold. */
static char *one_line(const char *text)
{
	char *copy = alloc_copy(text);
	for (char *c = copy; *c; c++) {
		*c = (char)(*c == '\n' ? ' ' : *c);
	}
	text_make_harmless(copy);
	return copy;
}

void service_ready(const char *status)
{
	autofree char *line = one_line(status);
	(void)sd_notifyf(0, "READY=1\nSTATUS=%s\n", line);
}

void service_status(const char *format, ...)
{
	char *text = NULL;
	va_list arguments;
	va_start(arguments, format);
	int rc = vasprintf(&text, format, arguments);
	va_end(arguments);
	if (rc >= 0) {
		autofree char *line = one_line(text);
		(void)sd_notifyf(0, "STATUS=%s\n", line);
		free(text);
	}
}

void service_stopping(const char *status, int64_t grace_ms)
{
	autofree char *line = one_line(status);
	autofree char *extension =
		grace_ms > 0 ? alloc_printf("EXTEND_TIMEOUT_USEC=%" PRId64 "\n", grace_ms * 1000)
			     : alloc_copy("");
	(void)sd_notifyf(0, "STOPPING=1\nSTATUS=%s\n%s", line, extension);
}

int service_beat(int longest_ms)
{
	static int64_t next_ms;
	int64_t interval_ms = watchdog_ms();
	if (!interval_ms) {
		return longest_ms;
	}
	int64_t now_ms = clock_now_ms();
	if (now_ms >= next_ms) {
		(void)sd_notify(0, "WATCHDOG=1");
		next_ms = now_ms + interval_ms;
	}
	int64_t left_ms = next_ms - now_ms;
	return longest_ms < 0 || left_ms < longest_ms ? (int)left_ms : longest_ms;
}
