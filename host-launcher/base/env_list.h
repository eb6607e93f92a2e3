/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * An environment in the making: KEY=value pairs in the order in which they were first set.
 * Zero-initialise before first use.
 */

#include <jansson.h>
#include <stdbool.h>

#include "host-launcher/base/words.h"

struct env_list {
	struct string_list pairs; /* each KEY=value, as envp wants them */
};

/* Sets or replaces. */
void env_list_set(struct env_list *env, const char *key, const char *value);

/* The value, or NULL. */
const char *env_list_get(const struct env_list *env, const char *key);

/* Whether `key` can be a variable's name: letters, digits, `_`, not beginning with a digit. */
bool env_list_is_key(const char *key, size_t length);

/* KEY=value lines that sh(1) can source, and an object of strings that the caller owns. */
void env_list_to_shell(const struct env_list *env, struct buffer *out);
json_t *env_list_to_json(const struct env_list *env);

void env_list_finish(struct env_list *env);
