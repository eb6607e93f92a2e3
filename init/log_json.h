/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * A line of the log as an object of JSON on a line of its own, with the fields of `journalctl -o
 * json` (systemd.journal-fields(7)): __REALTIME_TIMESTAMP, microseconds since 1970 as a string, of
 * when it was passed on; SYSLOG_IDENTIFIER, who says it; MESSAGE. What is no UTF-8 comes as U+FFFD.
 * Memory is allocated by log_json_init() only, but pages of it become real where there is a long
 * line.
 */

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct log_json {
	FILE *stream; /* into `text` */
	char *text;
};

/* Returns 0 or -ENOMEM. */
int log_json_init(struct log_json *json);
void log_json_finish(struct log_json *json);

/* The object, with its newline, in `json->text` until the next call. `line` has LOG_LINE_MAX bytes
 * at most. Returns its length. */
size_t log_json_make(struct log_json *json, int64_t realtime_us, const char *name, const char *line,
	size_t length);
