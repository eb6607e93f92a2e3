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

/* The same in microseconds; a number without unit counts in `unit_us`. */
int conf_parse_microseconds(const char *text, int64_t unit_us, int64_t *ret_us);

/* The same in nanoseconds, in which a number without unit counts as well. */
int conf_parse_nanoseconds(const char *text, int64_t *ret_ns);

/* A signal as "SIGTERM", "TERM", "15", "RTMIN+3". */
int conf_parse_signal(const char *text, int *ret_signal);

/* "SIGTERM" and the like for messages; a static string, or "signal" for unknown numbers. */
const char *conf_signal_name(int signal);

/* An access mode in octal: "0755". */
int conf_parse_mode(const char *text, mode_t *ret_mode);

/* A number in [minimum, maximum]: decimal, or with 0x, 0o (or 0), 0b in front, as systemd has it.
 */
int conf_parse_integer(const char *text, int64_t minimum, int64_t maximum, int64_t *ret_value);

/* A size in bytes: "4096", "1.5G", "1G 512M"; K M G T P E multiply by 1024. */
int conf_parse_size(const char *text, uint64_t *ret_size);

/* One side of a limit is shorter. */
#define CONF_LIMIT_MAX 64

/* A limit of `resource` (RLIMIT_*): "SOFT:HARD" or one value for both, "infinity". Sizes have
 * suffixes, LimitCPU= and LimitRTTIME= are time spans, LimitNICE= may be a level with its sign. */
int conf_parse_limit(const char *text, int resource, struct rlimit *ret_limit);

/* An exit status by number or by name (EX_TEMPFAIL, CHDIR, SUCCESS, ...). */
int conf_parse_exit_status(const char *text, int *ret_status);

/* A list of processors: numbers and ranges such as "0-3", between blanks or commas. */
int conf_parse_cpu_list(const char *text, cpu_set_t *ret_cpus);

/* A capability as "CAP_NET_RAW", in any case, its name for messages, and the name nearest to a
 * wrong one or NULL. The strings are static. */
int conf_parse_capability(const char *text, int *ret_capability);
const char *conf_capability_name(int capability);
const char *conf_nearest_capability(const char *text);

enum word_trait {
	WORD_QUOTED = 1,     /* some of it was quoted or escaped */
	WORD_ODD_ESCAPE = 2, /* a backslash in it means nothing, and stayed */
};

/*
 * Takes the next word off `*text` as ExecStart= and Environment= split it: blanks separate, "" and
 * '' quote, C escapes are undone, `\s` is a blank. The word is stored in `arena`; `ret_traits` (may
 * be NULL) is a set of enum word_trait.
 * Returns 1 for a word, 0 at the end, -EINVAL for an open quote, -ENOMEM.
 */
int conf_next_word(
	const char **text, struct conf_arena *arena, char **ret_word, unsigned *ret_traits);

/* The same by the rules for the value of a variable that stands as $NAME in a command line: quotes
 * count, a backslash takes the meaning from what follows it, and an open quote ends with the text.
 * `word` has room for all of the text. Returns whether there was a word. */
bool conf_next_word_of_value(const char **text, char *word);

/* Undoes the C escapes of a whole text. `out` has room for all of it. Returns its length, or
 * -EINVAL for a backslash that means nothing. */
int conf_unescape(const char *text, char *out);

/* Undoes Base64 (RFC 4648) with its padding; blanks and line ends do not count. `out` has room for
 * three quarters of the text. Returns how many bytes it has, or -EINVAL. */
int conf_decode_base64(const char *text, char *out);

/* systemd's name for what uname(2) calls `machine`: "x86-64" for "x86_64". */
const char *conf_architecture(const char *machine);

/* The name among `names` that is nearest to `name` by edits, or NULL if none is near. */
const char *conf_nearest_name(const char *name, const char *const *names, size_t count);
