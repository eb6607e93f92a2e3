/* SPDX-License-Identifier: MIT */
/*
 * A packaged unit with its drop-ins, each text behind a form feed, and before them a line with the
 * name of the unit: what names become must stay in bounds, and all of the rest must be read.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "conf/loader.h"
#include "conf/set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_name(const char *name)
{
	char wider[UNIT_NAME_SIZE], plain[UNIT_NAME_SIZE];

	if (!unit_name_is_valid(name)) {
		return;
	}
	for (size_t nth = 0; unit_name_widen(name, nth, wider); nth++) {
		if (strlen(wider) > strlen(name) || unit_name_type(wider) != unit_name_type(name)) {
			abort();
		}
	}
	if (unit_name_unescape(name, strlen(name), plain) > strlen(name)) {
		abort();
	}
}

static void read_texts(struct loader *loader, const char *text, size_t size)
{
	while (size) {
		const char *end = memchr(text, '\f', size);
		size_t length = end ? (size_t)(end - text) : size;

		loader_read_text(loader, "unit", text, length);
		length += end != NULL;
		text += length;
		size -= length;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct conf_problems problems = { 0 };
	struct conf_set set = { 0 };
	const struct conf_place place = { .file = "fuzz" };
	const char *text = (const char *)data;
	size_t length = 0;
	char name[UNIT_NAME_SIZE] = "";

	while (length < size && length < UNIT_NAME_MAX && text[length] && text[length] != '\n') {
		name[length] = text[length];
		length++;
	}
	try_name(name);
	struct loader loader = {
		.set = &set,
		.problems = &problems,
		.imported = true,
		.service = conf_set_add(&set, unit_name_is_valid(name) ? name : "a@b", &place),
	};
	if (loader.service) {
		read_texts(&loader, text + length, size - length);
		conf_check(&set, &problems);
	}
	conf_set_finish(&set);
	conf_problems_finish(&problems);
	return 0;
}
