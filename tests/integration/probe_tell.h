/* SPDX-License-Identifier: MIT */
#pragma once

/* The words of the probe beside its own: by which it tells on stdout what it was started with,
 * by which it speaks to its supervisor, and by which it is a server. */

struct probe_word {
	const char *name;
	void (*run)(const char *value);
};

/* All end with a word without name. */
extern const struct probe_word probe_tell_words[];
extern const struct probe_word probe_notify_words[];
extern const struct probe_word probe_net_words[];

/* Ends the probe with errno's text on stderr. */
_Noreturn void probe_fail(const char *what);
