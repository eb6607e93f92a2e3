/* SPDX-License-Identifier: MIT */
#include "services/notify_message.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

struct value {
	const char *text; /* not terminated */
	size_t length;
};

static bool is(struct value value, const char *expected)
{
	return value.length == strlen(expected) && memcmp(value.text, expected, value.length) == 0;
}

/* A decimal number up to `maximum`, nothing around it. */
static bool number(struct value value, int64_t maximum, int64_t *ret_number)
{
	int64_t n = 0;

	for (size_t i = 0; i < value.length; i++) {
		int digit = value.text[i] - '0';

		if (digit < 0 || digit > 9 || n > (maximum - digit) / 10) {
			return false;
		}
		n = n * 10 + digit;
	}
	*ret_number = n;
	return value.length > 0;
}

static bool span(struct value value, int64_t *ret_ms)
{
	int64_t us;

	if (!number(value, INT64_MAX - 999, &us) || us == 0) {
		return false;
	}
	*ret_ms = (us + 999) / 1000;
	return true;
}

static void take_ready(struct notify_message *message, struct value value)
{
	if (is(value, "1")) {
		message->ready = true;
		message->reloading = false; /* READY=1 ends a reload that was told before */
	}
}

static void take_stopping(struct notify_message *message, struct value value)
{
	message->stopping = message->stopping || is(value, "1");
}

static void take_reloading(struct notify_message *message, struct value value)
{
	message->reloading = message->reloading || is(value, "1");
}

static void take_fd_store(struct notify_message *message, struct value value)
{
	message->fd_store = message->fd_store || is(value, "1");
}

/* It is shown in the log and on terminals: one line of what can be printed. */
static void take_status(struct notify_message *message, struct value value)
{
	size_t length = value.length < NOTIFY_STATUS_MAX - 1 ? value.length : NOTIFY_STATUS_MAX - 1;

	for (size_t i = 0; i < length; i++) {
		char c = value.text[i];

		if ((unsigned char)c < ' ' || c == 0x7f) {
			c = '?';
		}
		message->status[i] = c;
	}
	message->status[length] = '\0';
	message->status_set = true;
}

static void take_error(struct notify_message *message, struct value value)
{
	int64_t n;

	if (number(value, 4095, &n)) { /* MAX_ERRNO of the kernel */
		message->error = (int)n;
		message->error_set = true;
	}
}

static void take_exit_status(struct notify_message *message, struct value value)
{
	int64_t n;

	if (number(value, 255, &n)) {
		message->exit_status = (int)n;
		message->exit_status_set = true;
	}
}

static void take_main_pid(struct notify_message *message, struct value value)
{
	int64_t n;

	if (number(value, INT32_MAX, &n) && n > 0) {
		message->main_pid = (pid_t)n;
	}
}

static void take_watchdog(struct notify_message *message, struct value value)
{
	if (is(value, "trigger")) {
		message->watchdog = NOTIFY_WATCHDOG_TRIGGER;
	} else if (is(value, "1") && message->watchdog == NOTIFY_WATCHDOG_SILENT) {
		message->watchdog = NOTIFY_WATCHDOG_ALIVE;
	}
}

static void take_watchdog_span(struct notify_message *message, struct value value)
{
	span(value, &message->watchdog_ms);
}

static void take_extension(struct notify_message *message, struct value value)
{
	span(value, &message->extend_ms);
}

static const struct {
	const char *name;
	void (*take)(struct notify_message *message, struct value value);
} assignments[] = {
	{ "READY", take_ready },
	{ "STOPPING", take_stopping },
	{ "RELOADING", take_reloading },
	{ "STATUS", take_status },
	{ "ERRNO", take_error },
	{ "EXIT_STATUS", take_exit_status },
	{ "MAINPID", take_main_pid },
	{ "WATCHDOG", take_watchdog },
	{ "WATCHDOG_USEC", take_watchdog_span },
	{ "EXTEND_TIMEOUT_USEC", take_extension },
	{ "FDSTORE", take_fd_store },
};

static void take_line(struct notify_message *message, const char *line, size_t length)
{
	const char *equals = memchr(line, '=', length);

	if (!equals) {
		return;
	}
	const struct value name = { line, (size_t)(equals - line) };
	const struct value value = { equals + 1, length - name.length - 1 };

	for (size_t i = 0; i < COUNT(assignments); i++) {
		if (is(name, assignments[i].name)) {
			assignments[i].take(message, value);
		}
	}
}

void notify_message_add(struct notify_message *message, const char *text, size_t length)
{
	while (length) {
		const char *newline = memchr(text, '\n', length);
		size_t line = newline ? (size_t)(newline - text) : length;

		take_line(message, text, line);
		line += newline != NULL;
		text += line;
		length -= line;
	}
}
