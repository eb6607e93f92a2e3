/* SPDX-License-Identifier: MIT */
#include "conf/unit_name.h"

#include <ctype.h>
#include <string.h>

static const struct {
	const char *suffix;
	enum unit_type type;
} types[] = {
	{ ".service", UNIT_SERVICE },
	{ ".target", UNIT_TARGET },
	{ ".socket", UNIT_OTHER },
	{ ".timer", UNIT_OTHER },
	{ ".path", UNIT_OTHER },
	{ ".mount", UNIT_OTHER },
	{ ".automount", UNIT_OTHER },
	{ ".swap", UNIT_OTHER },
	{ ".slice", UNIT_OTHER },
	{ ".scope", UNIT_OTHER },
	{ ".device", UNIT_OTHER },
};

static const char *suffix_of(const char *name)
{
	const char *dot = strrchr(name, '.');

	for (size_t i = 0; dot && i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(dot, types[i].suffix) == 0) {
			return dot;
		}
	}
	return name + strlen(name);
}

enum unit_type unit_name_type(const char *name)
{
	const char *suffix = suffix_of(name);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(suffix, types[i].suffix) == 0) {
			return types[i].type;
		}
	}
	return UNIT_NONE;
}

bool unit_name_is_valid(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)name[i]) && !strchr(":-_.\\@", name[i])) {
			return false;
		}
	}
	return length <= UNIT_NAME_MAX && name[0] != '@' && name[0] != '.' && *suffix_of(name);
}

static struct unit_name_parts split(const char *name, const char *suffix)
{
	const char *at = memchr(name, '@', (size_t)(suffix - name));
	const char *instance = at ? at + 1 : suffix;

	return (struct unit_name_parts) {
		.prefix = name,
		.prefix_length = (size_t)((at ? at : suffix) - name),
		.instance = instance,
		.instance_length = (size_t)(suffix - instance),
		.suffix = suffix,
	};
}

struct unit_name_parts unit_name_split(const char *name)
{
	return split(name, suffix_of(name));
}

struct unit_name_parts unit_name_split_bare(const char *name)
{
	return split(name, name + strlen(name));
}

bool unit_name_is_template(const char *name)
{
	struct unit_name_parts parts = unit_name_split(name);

	return parts.instance_length == 0 && parts.prefix[parts.prefix_length] == '@';
}

bool unit_name_is_instance(const char *name)
{
	return unit_name_split(name).instance_length > 0;
}

bool unit_name_instantiate(
	const char *name, const char *instance, size_t length, char ret_name[UNIT_NAME_SIZE])
{
	struct unit_name_parts parts = unit_name_split(name);
	size_t suffix_length = strlen(parts.suffix);
	char built[UNIT_NAME_SIZE];
	char *end = built;

	if (parts.prefix_length + 1 + length + suffix_length > UNIT_NAME_MAX) {
		return false;
	}
	end = mempcpy(end, parts.prefix, parts.prefix_length);
	*end++ = '@';
	end = mempcpy(end, instance, length);
	end = mempcpy(end, parts.suffix, suffix_length);
	*end = '\0';
	memcpy(ret_name, built, (size_t)(end - built) + 1);
	return true;
}

/* The length of the prefix cut behind the `nth` of its dashes from the end, the first of which is
 * not one that ends it; 0 when there are no more. */
static size_t cut_of(const struct unit_name_parts *parts, size_t nth)
{
	size_t length = parts->prefix_length;

	for (; length && nth; nth--) {
		length--;
		while (length && parts->prefix[length - 1] != '-') {
			length--;
		}
	}
	return length;
}

/* LENGTH bytes of the prefix, then what follows from `rest` on. */
static bool cut(
	const struct unit_name_parts *parts, size_t length, const char *rest, char *ret_name)
{
	memcpy(ret_name, parts->prefix, length);
	memcpy(ret_name + length, rest, strlen(rest) + 1);
	return length > 0;
}

bool unit_name_widen(const char *name, size_t nth, char ret_name[UNIT_NAME_SIZE])
{
	struct unit_name_parts parts = unit_name_split(name);
	size_t cuts = 0;

	while (cut_of(&parts, cuts + 1)) {
		cuts++;
	}
	if (!parts.instance_length) {
		return nth <= cuts &&
		       cut(&parts, cut_of(&parts, nth), name + parts.prefix_length, ret_name);
	}
	if (nth <= 1) {
		return nth ? unit_name_instantiate(name, "", 0, ret_name)
			   : cut(&parts, parts.prefix_length, name + parts.prefix_length, ret_name);
	}
	if (nth - 1 <= cuts) {
		return cut(&parts, cut_of(&parts, nth - 1), parts.suffix, ret_name);
	}
	/* Each cut with the instance, and then as a template. */
	nth -= cuts + 2;
	if (nth / 2 >= cuts) {
		return false;
	}
	cut(&parts, cut_of(&parts, nth / 2 + 1), name + parts.prefix_length, ret_name);
	return nth % 2 == 0 || unit_name_instantiate(ret_name, "", 0, ret_name);
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *hit = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return hit ? (int)(hit - digits) : -1;
}

size_t unit_name_unescape(const char *text, size_t length, char *ret_text)
{
	size_t written = 0;

	for (size_t i = 0; i < length; i++) {
		bool escape = text[i] == '\\' && length - i >= 4 && text[i + 1] == 'x' &&
			      hex_digit(text[i + 2]) >= 0 && hex_digit(text[i + 3]) >= 0;

		if (escape) {
			ret_text[written++] =
				(char)(hex_digit(text[i + 2]) * 16 + hex_digit(text[i + 3]));
			i += 3;
		} else {
			char plain = text[i];

			ret_text[written++] = plain;
			if (plain == '-') {
				ret_text[written - 1] = '/';
			}
		}
	}
	return written;
}
