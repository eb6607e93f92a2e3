/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * TAILS_BUILD_OPTIONS: the words by which Tails' builds were steered, as options of berth. Each
 * word is matched whole; of those that contradict each other the last wins.
 */

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"

struct tails_options_sink {
	/* An option's name and value. Returns 0, or -1 with the failure told. */
	int (*set)(void *user, const char *option, const char *value, const char *word,
		struct failure *failure);
	const char *(*get)(void *user, const char *name); /* a variable, or NULL */
	void *user;
	struct string_list *warnings;
};

/* Returns 0, or -1: EXIT_USAGE for a word that is unknown, or a value that makes no sense. Pure but
 * for the sink. */
int tails_options_parse(
	const char *text, const struct tails_options_sink *sink, struct failure *failure);
