/* SPDX-License-Identifier: MIT */
#pragma once

/* The words of the probe beside its own: by which it tells on stdout what it was started with, and
 * by which it speaks to its supervisor. */

struct probe_word {
	const char *name;
	void (*run)(const char *value);
};

/* Both end with a word without name. */
extern const struct probe_word probe_tell_words[];
extern const struct probe_word probe_notify_words[];

/* Ends the probe with errno's text on stderr. */
_Noreturn void probe_fail(const char *what);
