/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/option_store.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/value.h"

enum {
	NUMBER_MAX = 1000000,
	RAM_LEAST = 1 << 20,
};

static void *slot_of(struct options *options, const struct option *option)
{
	return (char *)options + option->offset;
}

static const void *look_at(const struct options *options, const struct option *option)
{
	return (const char *)options + option->offset;
}

static bool is_choice(const char *choices, const char *value)
{
	size_t length = strlen(value);
	for (const char *at = choices; *at; at += *at == '|') {
		size_t word = strcspn(at, "|");
		if (word == length && strncmp(at, value, length) == 0) {
			return true;
		}
		at += word;
	}
	return false;
}

static void set_text(char **slot, const char *value)
{
	free(*slot);
	*slot = alloc_copy(value);
}

/* yes, no, auto, or the most that may be used. */
static int set_ram(struct options *options, const char *value)
{
	bool on = true;
	uint64_t bytes = 0;
	if (value && strcmp(value, "auto") == 0) {
		options->ram = OPTIONS_RAM_AUTO;
		return 0;
	}
	if (value && value_parse_bool(value, &on) < 0) {
		int rc = value_parse_size(value, &bytes);
		if (rc < 0 || bytes < RAM_LEAST) {
			return rc < 0 ? rc : -ERANGE;
		}
	}
	options->ram = on ? OPTIONS_RAM_ON : OPTIONS_RAM_OFF;
	options->ram_bytes = bytes;
	return 0;
}

static int set_number(long *slot, const char *value)
{
	char *end;
	errno = 0;
	long number = strtol(value, &end, 10);
	if (end == value || *end || isspace((unsigned char)*value)) {
		return -EINVAL;
	}
	if (errno || number > NUMBER_MAX || number < -NUMBER_MAX) {
		return -ERANGE;
	}
	*slot = number;
	return 0;
}

static int set_size(uint64_t *slot, const char *value)
{
	int rc = value_parse_size(value, slot);
	return rc == 0 && *slot == 0 ? -EINVAL : rc;
}

static int set_list(struct string_list *list, const char *value)
{
	if (*value) {
		string_list_add(list, value);
	} else {
		string_list_finish(list);
	}
	return 0;
}

static int store(struct options *options, const struct option *option, const char *value)
{
	void *slot = slot_of(options, option);
	switch (option->kind) {
	case OPTION_SWITCH:
		*(bool *)slot = true;
		return value ? value_parse_bool(value, slot) : 0;
	case OPTION_TEXT:
		set_text(slot, value);
		return *value ? 0 : -EINVAL;
	case OPTION_CHOICE:
		set_text(slot, value);
		return is_choice(option->choices, value) ? 0 : -EINVAL;
	case OPTION_LIST:
		return set_list(slot, value);
	case OPTION_DURATION:
		return value_parse_duration(value, slot);
	case OPTION_SIZE:
		return set_size(slot, value);
	case OPTION_NUMBER:
		return set_number(slot, value);
	case OPTION_COUNT:
		return set_number(slot, value) < 0 || *(long *)slot < 1 ? -EINVAL : 0;
	case OPTION_RAM:
		return set_ram(options, value);
	}
	return -EINVAL;
}

int option_set(
	struct options *options, const struct option *option, const char *value, const char *origin)
{
	int rc = store(options, option, value);
	if (rc == 0) {
		if (!options->origins) {
			options->origins =
				alloc_zero(option_table_count, sizeof(*options->origins));
		}
		set_text(&options->origins[option - option_table], origin);
	}
	return rc;
}

int option_refuse(
	const struct option *option, const char *name, const char *value, struct failure *failure)
{
	const char *expected = option->choices ? option->choices : option->argument;
	return failure_set(failure, EXIT_USAGE, "%s cannot be '%s': expected %s", name,
		value ? value : "", expected ? expected : "yes or no");
}

const struct option *option_find(const char *name, unsigned commands)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		if (strcmp(option->name, name) == 0 && (option->commands & commands)) {
			return option;
		}
	}
	return NULL;
}

const char *option_origin(const struct options *options, const struct option *option)
{
	return options->origins ? options->origins[option - option_table] : NULL;
}

static char *list_text(const struct string_list *list)
{
	struct buffer words = { 0 };
	if (!list->count) {
		return NULL;
	}
	quote_words(&words, (const char *const *)list->items, list->count);
	return buffer_steal(&words);
}

static char *ram_text(const struct options *options)
{
	if (options->ram == OPTIONS_RAM_ON && options->ram_bytes) {
		return alloc_printf("%" PRIu64, options->ram_bytes);
	}
	return alloc_copy(options->ram == OPTIONS_RAM_AUTO ? "auto"
			  : options->ram == OPTIONS_RAM_ON ? "yes"
							   : "no");
}

char *option_text(const struct options *options, const struct option *option)
{
	const void *slot = look_at(options, option);
	const char *text;
	switch (option->kind) {
	case OPTION_SWITCH:
		return alloc_copy(*(const bool *)slot ? "yes" : "no");
	case OPTION_TEXT:
	case OPTION_CHOICE:
		text = *(const char *const *)slot;
		return text ? alloc_copy(text) : NULL;
	case OPTION_LIST:
		return list_text(slot);
	case OPTION_DURATION:
		return *(const int64_t *)slot
			       ? alloc_printf("%" PRId64 "ms", *(const int64_t *)slot)
			       : NULL;
	case OPTION_SIZE:
		return *(const uint64_t *)slot ? alloc_printf("%" PRIu64, *(const uint64_t *)slot)
					       : NULL;
	case OPTION_NUMBER:
	case OPTION_COUNT:
		return *(const long *)slot ? alloc_printf("%ld", *(const long *)slot) : NULL;
	case OPTION_RAM:
		return ram_text(options);
	}
	return NULL;
}

char *option_variable_name(const struct option *option)
{
	char *name = alloc_printf("BERTH_%s", option->name);
	for (char *c = name; *c; c++) {
		if (*c == '-') {
			*c = '_';
		} else {
			*c = (char)toupper((unsigned char)*c);
		}
	}
	return name;
}

char *option_key_name(const struct option *option)
{
	char *name = alloc_copy(option->name);
	char *out = name;
	bool first = true;
	for (const char *in = option->name; *in; in++) {
		if (*in != '-') {
			*out = *in;
			if (first) {
				*out = (char)toupper((unsigned char)*in);
			}
			out++;
		}
		first = *in == '-';
	}
	*out = '\0';
	return name;
}
