/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/env_list.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

/* The pair's slot, or NULL. */
static char **find(const struct env_list *env, const char *key)
{
	size_t length = strlen(key);
	for (size_t i = 0; i < env->pairs.count; i++) {
		const char *pair = env->pairs.items[i];
		if (strncmp(pair, key, length) == 0 && pair[length] == '=') {
			return &env->pairs.items[i];
		}
	}
	return NULL;
}

void env_list_set(struct env_list *env, const char *key, const char *value)
{
	char *pair = alloc_printf("%s=%s", key, value);
	char **slot = find(env, key);
	if (slot) {
		free(*slot);
		*slot = pair;
	} else {
		string_list_take(&env->pairs, pair);
	}
}

const char *env_list_get(const struct env_list *env, const char *key)
{
	char **slot = find(env, key);
	return slot ? *slot + strlen(key) + 1 : NULL;
}

bool env_list_is_key(const char *key, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)key[i]) && key[i] != '_') {
			return false;
		}
	}
	return length > 0 && !isdigit((unsigned char)key[0]);
}

void env_list_to_shell(const struct env_list *env, struct buffer *out)
{
	for (size_t i = 0; i < env->pairs.count; i++) {
		const char *pair = env->pairs.items[i];
		size_t key = (size_t)(strchr(pair, '=') - pair);
		buffer_append(out, pair, key + 1);
		quote_word(out, pair + key + 1);
		buffer_append_text(out, "\n");
	}
}

json_t *env_list_to_json(const struct env_list *env)
{
	json_t *object = json_object();
	for (size_t i = 0; i < env->pairs.count; i++) {
		const char *pair = env->pairs.items[i];
		const char *equals = strchr(pair, '=');
		autofree char *key = alloc_copy_range(pair, (size_t)(equals - pair));
		json_object_set_new(object, key, json_string(equals + 1));
	}
	return object;
}

void env_list_finish(struct env_list *env)
{
	string_list_finish(&env->pairs);
}
