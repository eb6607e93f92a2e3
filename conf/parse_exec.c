/* SPDX-License-Identifier: MIT */
/* Command lines: prefixes, words, and the `;` between commands (systemd.service(5)). */
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

struct prefixes {
	bool ignore_failure;
	bool own_argv0;
	bool no_expansion;
	bool full_privileges;
	bool keep_user;
};

static const char *take_prefixes(const char *word, struct prefixes *ret)
{
	*ret = (struct prefixes) { 0 };
	for (;; word++) {
		switch (*word) {
		case '-':
			ret->ignore_failure = true;
			break;
		case '@':
			ret->own_argv0 = true;
			break;
		case ':':
			ret->no_expansion = true;
			break;
		case '+':
			ret->full_privileges = true;
			break;
		/* Two of them are for systems without ambient capabilities: no prefix here. */
		case '!':
			ret->keep_user = word[1] != '!';
			word += word[1] == '!';
			break;
		default:
			return word;
		}
	}
}

/* Takes the next word. Returns 1, 0 at the end of this command, or an error. */
static int take_word(const struct directive_context *context, const struct directive *directive,
	const char **rest, char **ret_word)
{
	char *word = NULL;
	bool quoted = false;
	int r = directive_next_word(context, directive, rest, &word, &quoted);

	if (r <= 0 || (!quoted && strcmp(word, ";") == 0)) {
		return r < 0 ? r : 0;
	}
	/* `\;` is a semicolon that separates nothing. */
	r = directive_expand(context, strcmp(word, "\\;") == 0 ? ";" : word, ret_word);
	return r < 0 ? r : 1;
}

static int check_path(const struct directive_context *context, const struct directive *directive,
	const char *path)
{
	if (!*path) {
		return directive_complain(
			context, "%s=: expected %s", directive->name, directive->doc);
	}
	if (*path != '/' && strchr(path, '/')) {
		return directive_complain(context,
			"%s=%s: neither an absolute path nor a name without slashes",
			directive->name, path);
	}
	if (path[strlen(path) - 1] == '/') {
		return directive_complain(
			context, "%s=%s: names a directory", directive->name, path);
	}
	return 0;
}

/* argv: with `@` the word behind the path is argv[0], else the path is. */
static int take_arguments(const struct directive_context *context,
	const struct directive *directive, const char **rest, bool own_argv0,
	struct exec_command *command)
{
	char *word = NULL;
	int r = 1;

	if (!own_argv0) {
		r = conf_strings_add(&context->set->arena, &command->argv, command->path);
	}
	while (r >= 0 && (r = take_word(context, directive, rest, &word)) > 0) {
		r = conf_strings_add(&context->set->arena, &command->argv, word);
	}
	if (r == 0 && !command->argv.count) {
		return directive_complain(
			context, "%s=: @ wants a second word, argv[0]", directive->name);
	}
	return r;
}

static int take_command(const struct directive_context *context, const struct directive *directive,
	const char **rest, struct exec_command **ret_command)
{
	struct prefixes prefixes;
	char *word = NULL;
	int r = take_word(context, directive, rest, &word);

	if (r <= 0 || !word) {
		*ret_command = NULL;
		return r;
	}
	const char *path = take_prefixes(word, &prefixes);
	r = check_path(context, directive, path);
	if (r < 0) {
		return r;
	}
	struct exec_command *command = conf_arena_alloc(&context->set->arena, sizeof(*command));
	if (!command) {
		return -ENOMEM;
	}
	command->path = path;
	command->ignore_failure = prefixes.ignore_failure;
	command->no_expansion = prefixes.no_expansion;
	command->full_privileges = prefixes.full_privileges;
	command->keep_user = prefixes.keep_user;
	r = take_arguments(context, directive, rest, prefixes.own_argv0, command);
	if (r == 0) {
		*ret_command = command;
	}
	return r;
}

int directive_parse_command(const struct directive_context *context,
	const struct directive *directive, const char *value, struct exec_command **ret_command)
{
	struct exec_command *command = NULL;
	int r = take_command(context, directive, &value, &command);

	if (r < 0) {
		return r;
	}
	if (!command || value[strspn(value, " \t")]) {
		return directive_complain(context, "%s=: expected one command", directive->name);
	}
	*ret_command = command;
	return 0;
}

int parse_exec(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_command **list =
		(struct exec_command **)(void *)((char *)context->service + directive->offset);
	struct exec_command **tail = list;

	if (!*value) {
		*list = NULL;
		return 0;
	}
	while (*tail) {
		tail = &(*tail)->next;
	}
	while (*value) {
		struct exec_command *command = NULL;
		int r = take_command(context, directive, &value, &command);

		if (r < 0) {
			return r;
		}
		if (command) {
			*tail = command;
			tail = &command->next;
		}
		value += strspn(value, " \t");
	}
	return 0;
}
