/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/pin.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/reader.h"
#include "host-launcher/base/alloc.h"
#include "host-launcher/base/words.h"

struct reading {
	struct pin pin;
	struct conf_problems problems;
};

/* A key: where its value goes, and what it may look like. */
struct key {
	const char *name;
	char **(*slot)(struct pin *pin);
	bool (*valid)(const char *value);
	const char *expected;
};

static bool is_hex(const char *text, size_t length)
{
	return strlen(text) == length && strspn(text, "0123456789abcdef") == length;
}

bool pin_is_digest(const char *text)
{
	static const char prefix[] = "sha256:";
	return strncmp(text, prefix, strlen(prefix)) == 0 && is_hex(text + strlen(prefix), 64);
}

static bool is_commit(const char *text)
{
	return is_hex(text, 40) || is_hex(text, 64);
}

bool pin_is_reference(const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789-._/:";
	return strchr(plain, *text) && *text && *text != '-' && *text != '.' && *text != '/' &&
	       !strstr(text, "..") && strspn(text, plain) == strlen(text);
}

static char **reference_slot(struct pin *pin)
{
	return &pin->reference;
}

static char **config_digest_slot(struct pin *pin)
{
	return &pin->config_digest;
}

static char **recipe_slot(struct pin *pin)
{
	return &pin->recipe;
}

static char **recipe_commit_slot(struct pin *pin)
{
	return &pin->recipe_commit;
}

/* DiffID may come again and again: a new slot each time, NULL when there are too many. */
static char **diff_id_slot(struct pin *pin)
{
	if (pin->diff_id_count >= PIN_LAYERS_MAX) {
		return NULL;
	}
	pin->diff_ids = alloc_resize(pin->diff_ids, pin->diff_id_count + 1, sizeof(*pin->diff_ids));
	pin->diff_ids[pin->diff_id_count] = NULL;
	return &pin->diff_ids[pin->diff_id_count++];
}

static const char section_name[] = "image";
static const char digest_form[] = "sha256: and 64 hexadecimal digits";

static const struct key keys[] = {
	{ "Reference", reference_slot, pin_is_reference, "the name of an image" },
	{ "ConfigDigest", config_digest_slot, pin_is_digest, digest_form },
	{ "DiffID", diff_id_slot, pin_is_digest, digest_form },
	{ "Recipe", recipe_slot, pin_is_digest, digest_form },
	{ "RecipeCommit", recipe_commit_slot, is_commit, "the full name of a commit" },
};

static void take_value(
	struct reading *reading, const struct conf_entry *entry, const struct key *key)
{
	if (!key->valid(entry->value)) {
		conf_problems_add(&reading->problems, CONF_ERROR, &entry->place,
			"%s must be %s, not '%s'", key->name, key->expected, entry->value);
		return;
	}
	char **slot = key->slot(&reading->pin);
	if (!slot || *slot) {
		conf_problems_add(&reading->problems, CONF_ERROR, &entry->place,
			slot ? "%s is given twice" : "too many %s lines", key->name);
		return;
	}
	*slot = alloc_copy(entry->value);
}

static void on_entry(void *user, const struct conf_entry *entry)
{
	struct reading *reading = user;
	size_t count = sizeof(keys) / sizeof(keys[0]);
	if (strcmp(entry->section, section_name) != 0) {
		return; /* on_section() has complained */
	}
	for (size_t i = 0; i < count; i++) {
		if (strcmp(entry->key, keys[i].name) == 0) {
			take_value(reading, entry, &keys[i]);
			return;
		}
	}
	const char *near = nearest_name(entry->key, &keys[0].name, count, sizeof(keys[0]));
	conf_problems_add(&reading->problems, CONF_ERROR, &entry->place,
		near ? "unknown key '%s', did you mean %s?" : "unknown key '%s'", entry->key, near);
}

static void on_section(void *user, const struct conf_place *place, const char *section)
{
	struct reading *reading = user;
	if (strcmp(section, section_name) != 0) {
		conf_problems_add(&reading->problems, CONF_ERROR, place,
			"unknown section [%s], expected [%s]", section, section_name);
	}
}

static void check_complete(struct reading *reading, const char *path)
{
	const struct conf_place place = { .file = path };
	const struct {
		const char *name;
		const void *value;
	} required[] = {
		{ "Reference", reading->pin.reference },
		{ "ConfigDigest", reading->pin.config_digest },
		{ "DiffID", reading->pin.diff_ids },
	};
	for (size_t i = 0; i < sizeof(required) / sizeof(required[0]); i++) {
		if (!required[i].value) {
			conf_problems_add(&reading->problems, CONF_ERROR, &place,
				"%s= is missing in [image]", required[i].name);
		}
	}
}

int pin_read(const char *path, struct pin *ret_pin, struct failure *failure)
{
	struct reading reading = { 0 };
	const struct conf_sink sink = {
		.section = on_section,
		.entry = on_entry,
		.user = &reading,
	};
	int rc = conf_read_file(path, &sink, &reading.problems);
	if (rc == -ENOENT || rc == -ENOTDIR) {
		conf_problems_finish(&reading.problems);
		return 0;
	}
	if (rc == 0 && reading.problems.errors == 0) {
		check_complete(&reading, path);
	}
	if (reading.problems.errors) {
		failure_list(failure, EXIT_SYNTAX,
			"the pin is not valid; berth image pin writes one", &reading.problems);
		conf_problems_finish(&reading.problems);
		pin_finish(&reading.pin);
		return -1;
	}
	conf_problems_finish(&reading.problems);
	*ret_pin = reading.pin;
	return 1;
}

void pin_finish(struct pin *pin)
{
	free(pin->reference);
	free(pin->config_digest);
	free(pin->recipe);
	free(pin->recipe_commit);
	for (size_t i = 0; i < pin->diff_id_count; i++) {
		free(pin->diff_ids[i]);
	}
	free(pin->diff_ids);
	*pin = (struct pin) { 0 };
}
