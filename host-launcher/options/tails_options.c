/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/tails_options.h"

#include <stdbool.h>
#include <string.h>

#include "host-launcher/base/alloc.h"

#define VARIABLE "TAILS_BUILD_OPTIONS"

enum value_kind {
	VALUE_NONE,
	VALUE_YES_NO, /* may be left out */
	VALUE_NUMBER,
	VALUE_SIGNED,
	VALUE_NAME,
};

enum effect {
	SET,          /* `option` to `value`, or to the word's own */
	SET_PROXY,    /* `option` to `value` and $http_proxy */
	IGNORE,       /* it is told that there is no virtual machine */
	ONLY_JENKINS, /* as Tails' own build: an obsolete word that Jenkins still passes */
};

struct word {
	const char *name;
	enum value_kind kind;
	enum effect effect;
	const char *option;
	const char *value;
	const char *option2; /* NULL: nothing else */
	const char *value2;
};

static const struct word words[] = {
	{ "ram", VALUE_NONE, SET, "ram", "yes" },
	{ "noram", VALUE_NONE, SET, "ram", "no" },
	{ "vmproxy", VALUE_NONE, SET, "proxy", "builtin" },
	{ "extproxy", VALUE_NONE, SET_PROXY, "proxy", "external=" },
	{ "vmproxy+extproxy", VALUE_NONE, SET_PROXY, "proxy", "builtin+external=" },
	{ "noproxy", VALUE_NONE, SET, "proxy", "none" },
	{ "offline", VALUE_NONE, SET, "offline", "yes" },
	{ "cachewebsite", VALUE_YES_NO, SET, "website-cache", NULL },
	{ "fastcomp", VALUE_NONE, SET, "compression", "fast" },
	{ "gzipcomp", VALUE_NONE, SET, "compression", "fast" },
	{ "defaultcomp", VALUE_NONE, SET, "compression", "default" },
	{ "cpus", VALUE_NUMBER, SET, "cpus", NULL },
	{ "machinetype", VALUE_NAME, IGNORE, NULL, NULL },
	{ "cpumodel", VALUE_NAME, IGNORE, NULL, NULL },
	{ "ignorechanges", VALUE_NONE, SET, "allow-dirty", "yes" },
	{ "dateoffset", VALUE_SIGNED, SET, "date-offset", NULL },
	{ "keeprunning", VALUE_NONE, SET, "on-failure", "keep", "keep", "yes" },
	{ "forcecleanup", VALUE_NONE, SET, "on-failure", "remove", "keep", "no" },
	{ "rescue", VALUE_NONE, SET, "on-failure", "shell", NULL, NULL },
	{ "nomergebasebranch", VALUE_NONE, SET, "no-merge-base", "yes" },
	{ "mergebasebranch", VALUE_NONE, ONLY_JENKINS, NULL, NULL },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static int refuse_word(const char *name, struct failure *failure)
{
	const char *near = nearest_name(name, &words[0].name, COUNT(words), sizeof(words[0]));
	return failure_set(failure, EXIT_USAGE,
		near ? "unknown word '%s' in " VARIABLE ", did you mean %s?"
		     : "unknown word '%s' in " VARIABLE "; berth(1) lists them",
		name, near);
}

/* Whether the text after the equals sign, NULL without one, is as the word wants it. */
static bool is_fit(enum value_kind kind, const char *value)
{
	static const char digits[] = "0123456789";
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789_.-";
	const char *number = value;
	switch (kind) {
	case VALUE_NONE:
		return !value;
	case VALUE_YES_NO:
		return !value || strcmp(value, "yes") == 0 || strcmp(value, "no") == 0;
	case VALUE_SIGNED:
		if (value && (*value == '-' || *value == '+')) {
			number++;
		}
		return number && *number && strspn(number, digits) == strlen(number);
	case VALUE_NUMBER:
		return value && *value && strspn(value, digits) == strlen(value);
	case VALUE_NAME:
		return value && *value && strspn(value, plain) == strlen(value);
	}
	return false;
}

static int refuse_value(const struct word *word, const char *text, struct failure *failure)
{
	static const char *const forms[] = {
		[VALUE_NONE] = "",
		[VALUE_YES_NO] = "[=yes|no]",
		[VALUE_NUMBER] = "=NUMBER",
		[VALUE_SIGNED] = "=[+|-]NUMBER",
		[VALUE_NAME] = "=NAME",
	};
	return failure_set(failure, EXIT_USAGE, "'%s' in " VARIABLE ": expected %s%s", text,
		word->name, forms[word->kind]);
}

static int apply_proxy(const struct word *word, const struct tails_options_sink *sink,
	const char *text, struct failure *failure)
{
	const char *url = sink->get(sink->user, "http_proxy");
	if (!url || !*url) {
		return failure_set(failure, EXIT_USAGE,
			"'%s' in " VARIABLE " needs http_proxy to be set", text);
	}
	autofree char *value = alloc_printf("%s%s", word->value, url);
	return sink->set(sink->user, word->option, value, text, failure);
}

static int apply(const struct word *word, const char *value, const char *text,
	const struct tails_options_sink *sink, struct failure *failure)
{
	switch (word->effect) {
	case SET_PROXY:
		return apply_proxy(word, sink, text, failure);
	case IGNORE:
		string_list_take(
			sink->warnings, alloc_printf("'%s' in " VARIABLE
						     " has no effect: there is no virtual machine",
						text));
		return 0;
	case ONLY_JENKINS:
		if (!sink->get(sink->user, "JENKINS_URL")) {
			return failure_set(failure, EXIT_USAGE,
				"'%s' in " VARIABLE " counts in Jenkins only, and is the default",
				text);
		}
		string_list_take(sink->warnings,
			alloc_printf("'%s' in " VARIABLE " is obsolete: it is the default", text));
		return 0;
	case SET:
		break;
	}
	const char *given = value ? value : "yes";
	if (sink->set(sink->user, word->option, word->value ? word->value : given, text, failure) <
		0) {
		return -1;
	}
	return word->option2 ? sink->set(sink->user, word->option2, word->value2, text, failure)
			     : 0;
}

static int take_word(
	const char *text, const struct tails_options_sink *sink, struct failure *failure)
{
	size_t length = strcspn(text, "=");
	const char *value = text[length] ? text + length + 1 : NULL;
	autofree char *name = alloc_copy_range(text, length);
	for (size_t i = 0; i < COUNT(words); i++) {
		if (strcmp(words[i].name, name) == 0) {
			return is_fit(words[i].kind, value)
				       ? apply(&words[i], value, text, sink, failure)
				       : refuse_value(&words[i], text, failure);
		}
	}
	return refuse_word(name, failure);
}

int tails_options_parse(
	const char *text, const struct tails_options_sink *sink, struct failure *failure)
{
	static const char blanks[] = " \t\r\n";
	for (text += strspn(text, blanks); *text; text += strspn(text, blanks)) {
		size_t length = strcspn(text, blanks);
		autofree char *word = alloc_copy_range(text, length);
		if (take_word(word, sink, failure) < 0) {
			return -1;
		}
		text += length;
	}
	return 0;
}
