/* SPDX-License-Identifier: MIT */
#pragma once

/* The words by which the probe tells on stdout what it was started with. */

struct probe_word {
	const char *name;
	void (*run)(const char *value);
};

/* Ends with a word without name. */
extern const struct probe_word probe_tell_words[];

/* Ends the probe with errno's text on stderr. */
_Noreturn void probe_fail(const char *what);
