/* SPDX-License-Identifier: MIT */
#pragma once

/* Comparing parsers with those in the library that systemd shares among its programs: what is given
 * are words by hand and thousands of mutations of them. */

#include "tests/unit/expect.h"

enum {
	ORACLE_TEXT_MAX = 64,
};

/* Writes the address of a function of theirs to `ret_function`, which is a pointer to it. Skips the
 * test where the library is not there. */
void oracle_find(const char *name, void *ret_function);

/* Calls `compare` with the words themselves and with mutations of them. */
void oracle_each(const char *const *words, size_t count, const char *alphabet,
	void (*compare)(const char *text));

#define EACH(words, alphabet, compare)                                                             \
	oracle_each(words, sizeof(words) / sizeof((words)[0]), alphabet, compare)
