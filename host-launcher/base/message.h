/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What the launcher says of itself, on standard error, each line with "berth:" in front.
 */

#include <stdbool.h>

struct failure;

enum message_level {
	MESSAGE_QUIET,
	MESSAGE_NORMAL,
	MESSAGE_VERBOSE,
};

/* To be called once. `color` is "auto", "always" or "never"; auto means on a terminal, unless
 * NO_COLOR is set (https://no-color.org). */
void message_init(enum message_level level, const char *color);

/* Whether remarks are in colour. */
bool message_is_colored(void);

/* A remark that -v asks for, one that -q silences, and one that is always shown. */
void message_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void message_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));

void message_failure(const struct failure *failure);
