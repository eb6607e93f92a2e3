/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The syntax of single values, as systemd.syntax(7), systemd.time(7), systemd.exec(5) and
 * systemd.kill(5) have it. All are pure; they return 0, or -EINVAL for a value that does not
 * parse and -ERANGE for one out of bounds. `ret_` is written on success only.
 */

#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#include "conf/arena.h"

#define CONF_INFINITY INT64_MAX

/* 1 yes y true t on / 0 no n false f off, in any case. */
int conf_parse_boolean(const char *text, bool *ret_value);

/* A time span in milliseconds: "5", "1h 2min 3.5s", "100ms", "infinity" (CONF_INFINITY). A number
 * without unit is seconds. Less than a millisecond rounds up, so that "1us" does not mean never. */
int conf_parse_timespan(const char *text, int64_t *ret_ms);

/* A signal as "SIGTERM", "TERM", "15", "RTMIN+3". */
int conf_parse_signal(const char *text, int *ret_signal);

/* "SIGTERM" and the like for messages; a static string, or "signal" for unknown numbers. */
const char *conf_signal_name(int signal);

/* An access mode in octal: "0755". */
int conf_parse_mode(const char *text, mode_t *ret_mode);

/* A decimal number in [minimum, maximum]. */
int conf_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value);

/* A resource limit: "SOFT:HARD" or one value for both; "infinity"; K M G T P E multiply by 1024. */
int conf_parse_limit(const char *text, struct rlimit *ret_limit);

/* An exit status by number or by name (EX_TEMPFAIL, CHDIR, SUCCESS, ...). */
int conf_parse_exit_status(const char *text, int *ret_status);

/* A list of processors: numbers and ranges such as "0-3", between blanks or commas. */
int conf_parse_cpu_list(const char *text, cpu_set_t *ret_cpus);

/* A capability as "CAP_NET_RAW", in any case, its name for messages, and the name nearest to a
 * wrong one or NULL. The strings are static. */
int conf_parse_capability(const char *text, int *ret_capability);
const char *conf_capability_name(int capability);
const char *conf_nearest_capability(const char *text);

/*
 * Takes the next word off `*text` as ExecStart= and Environment= split it: blanks separate, "" and
 * '' quote, C escapes are undone, `\s` is a blank. The word is stored in `arena`; `ret_quoted`
 * (may be NULL) tells whether any of it was quoted or escaped.
 * Returns 1 for a word, 0 at the end, -EINVAL for an open quote, -ENOMEM.
 */
int conf_next_word(const char **text, struct conf_arena *arena, char **ret_word, bool *ret_quoted);

/* The name among `names` that is nearest to `name` by edits, or NULL if none is near. */
const char *conf_nearest_name(const char *name, const char *const *names, size_t count);
