/* SPDX-License-Identifier: MIT */
/* The parsers of single values; words come back the same when they are written and read again. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "conf/order.h"
#include "conf/unit_name.h"
#include "conf/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse_all(const char *text)
{
	struct rlimit limit;
	cpu_set_t cpus;
	int64_t number;
	mode_t mode;
	int small;
	bool truth;

	conf_parse_boolean(text, &truth);
	if (conf_parse_timespan(text, &number) == 0 && number < 0) {
		abort();
	}
	if (conf_parse_nanoseconds(text, &number) == 0 && number < 0) {
		abort();
	}
	if (conf_compare_versions(text, text) != 0) {
		abort();
	}
	conf_parse_integer(text, INT64_MIN, INT64_MAX, &number);
	conf_parse_mode(text, &mode);
	conf_parse_exit_status(text, &small);
	conf_parse_capability(text, &small);
	conf_parse_cpu_list(text, &cpus);
	if (conf_parse_signal(text, &small) == 0 && (small < 1 || small > 64)) {
		abort();
	}
	for (int resource = 0; resource < RLIM_NLIMITS; resource++) {
		if (conf_parse_limit(text, resource, &limit) == 0 &&
			limit.rlim_cur > limit.rlim_max) {
			abort();
		}
	}
}

/* A percent sign is doubled for the specifiers. */
static void check_word(struct conf_arena *arena, const char *word)
{
	char *text = NULL, *again = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&text, &length);

	if (!out) {
		return;
	}
	conf_format_word(out, word);
	fclose(out);
	const char *rest = text;
	if (!strchr(word, '%') &&
		(conf_next_word(&rest, arena, &again, NULL) != 1 || strcmp(word, again) != 0)) {
		abort();
	}
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_arena arena = { 0 };
	char *text = strndup((const char *)data, size);
	char *copy = text ? malloc(strlen(text) + 1) : NULL;
	const char *rest = text;
	char *word = NULL;

	if (copy) {
		parse_all(text);
		unit_name_unescape(text, strlen(text), copy);
		while (conf_next_word(&rest, &arena, &word, NULL) > 0) {
			check_word(&arena, word);
		}
		for (rest = text; conf_next_word_of_value(&rest, copy);) {
		}
		conf_unescape(text, copy);
		conf_decode_base64(text, copy);
	}
	free(copy);
	free(text);
	conf_arena_finish(&arena);
	return 0;
}
