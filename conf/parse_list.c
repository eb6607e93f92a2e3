/* SPDX-License-Identifier: MIT */
/* The parsers of directives that hold lists: later lines append, an empty one starts afresh. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

static void *field_of(const struct directive_context *context, const struct directive *directive)
{
	return (char *)context->service + directive->offset;
}

/* Calls `take` for each word of the value with its specifiers expanded. */
static int each_word(const struct directive_context *context, const struct directive *directive,
	const char *value,
	int (*take)(const struct directive_context *, const struct directive *, char *word))
{
	char *word = NULL;
	int r;

	while ((r = directive_next_word(context, directive, &value, &word, NULL)) > 0) {
		char *expanded = NULL;

		r = directive_expand(context, word, &expanded);
		if (r == 0) {
			r = take(context, directive, expanded);
		}
		if (r < 0) {
			break;
		}
	}
	return r;
}

static int add_word(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	return conf_strings_add(&context->set->arena, field_of(context, directive), word);
}

int parse_strings(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	if (!*value) {
		*(struct conf_strings *)field_of(context, directive) = (struct conf_strings) { 0 };
	}
	return each_word(context, directive, value, add_word);
}

static bool is_variable_name(const char *name, size_t length)
{
	if (!length || isdigit((unsigned char)name[0])) {
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		if (!isalnum((unsigned char)name[i]) && name[i] != '_') {
			return false;
		}
	}
	return true;
}

static int add_assignment(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	const char *equals = strchr(word, '=');

	if (!equals || !is_variable_name(word, (size_t)(equals - word))) {
		return directive_complain(context, "%s=: \"%s\" is no assignment, expected %s",
			directive->name, word, directive->doc);
	}
	return add_word(context, directive, word);
}

int parse_environment(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	if (!*value) {
		context->service->exec.environment = (struct conf_strings) { 0 };
	}
	return each_word(context, directive, value, add_assignment);
}

static int check_variable(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	if (is_variable_name(word, strlen(word))) {
		return 0;
	}
	return directive_complain(
		context, "%s=: \"%s\" is no name of a variable", directive->name, word);
}

/* The container's whole environment is passed to services, so there is nothing to remember. */
int parse_pass_environment(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	return each_word(context, directive, value, check_variable);
}

int parse_environment_file(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	struct conf_strings *list = field_of(context, directive);
	char *path = NULL;

	if (!*value) {
		*list = (struct conf_strings) { 0 };
		return 0;
	}
	int r = directive_expand(context, value, &path);
	if (r < 0) {
		return r;
	}
	if (path[path[0] == '-'] != '/') {
		return directive_complain(
			context, "%s=%s: expected %s", directive->name, value, directive->doc);
	}
	return conf_strings_add(&context->set->arena, list, path);
}

/* Relative, normalised, and below the root: nothing here may reach out of it. */
static bool is_safe_relative_path(const char *path)
{
	if (!*path || *path == '/') {
		return false;
	}
	while (*path) {
		size_t length = strcspn(path, "/");

		if (!length || (length == 1 && path[0] == '.') ||
			(length == 2 && path[0] == '.' && path[1] == '.')) {
			return false;
		}
		path += length;
		path += *path == '/' && path[1] ? 1 : 0;
		if (*path == '/') {
			return false;
		}
	}
	return true;
}

static enum exec_directory_kind kind_of(const struct directive *directive)
{
	const size_t base = offsetof(struct service_config, exec.directories);

	return (enum exec_directory_kind)(
		(directive->offset - base) / sizeof(struct exec_directory));
}

static bool has_string(const struct conf_strings *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++) {
		if (strcmp(list->items[i], text) == 0) {
			return true;
		}
	}
	return false;
}

static int add_link(const struct directive_context *context, enum exec_directory_kind kind,
	const char *name, const char *path)
{
	struct exec_link *link = conf_arena_alloc(&context->set->arena, sizeof(*link));
	struct exec_link **end = &context->service->exec.directory_links;

	if (!link) {
		return -ENOMEM;
	}
	while (*end) {
		end = &(*end)->next;
	}
	*link = (struct exec_link) { .kind = kind, .name = name, .link = path };
	*end = link;
	return 0;
}

/* NAME or NAME:LINK. As in systemd, a `:` that a specifier stands for separates nothing. */
static int add_directory(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	enum exec_directory_kind kind = kind_of(directive);
	struct conf_strings *names = field_of(context, directive);
	char *colon = strchr(word, ':');
	char *name = NULL, *link = NULL;

	if (colon) {
		*colon = '\0';
	}
	int r = directive_expand(context, word, &name);
	if (r == 0 && colon && colon[1]) {
		r = directive_expand(context, colon + 1, &link);
	}
	if (r < 0) {
		return r;
	}
	if (!is_safe_relative_path(name) ||
		(link && (!is_safe_relative_path(link) || kind == DIRECTORY_CONFIGURATION))) {
		return directive_complain(context, "%s=%s%s%s: expected %s", directive->name, name,
			link ? ":" : "", link ? link : "", directive->doc);
	}
	if (!has_string(names, name)) {
		r = conf_strings_add(&context->set->arena, names, name);
	}
	return r == 0 && link ? add_link(context, kind, name, link) : r;
}

static void drop_links(struct exec_context *exec, enum exec_directory_kind kind)
{
	struct exec_link **link = &exec->directory_links;

	while (*link) {
		if ((*link)->kind == kind) {
			*link = (*link)->next;
		} else {
			link = &(*link)->next;
		}
	}
}

int parse_directories(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	char *word = NULL;
	int r;

	if (!*value) {
		*(struct conf_strings *)field_of(context, directive) = (struct conf_strings) { 0 };
		drop_links(&context->service->exec, kind_of(directive));
	}
	while ((r = directive_next_word(context, directive, &value, &word, NULL)) > 0) {
		r = add_directory(context, directive, word);
		if (r < 0) {
			break;
		}
	}
	return r;
}

static int add_exit_status(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	struct exit_status_set **field = field_of(context, directive);
	struct exit_status_set *set = *field;
	int number;

	if (!set) {
		set = *field = conf_arena_alloc(&context->set->arena, sizeof(*set));
	}
	if (!set) {
		return -ENOMEM;
	}

	if (conf_parse_exit_status(word, &number) == 0) {
		set->codes[number / 8] |= (uint8_t)(1U << (number % 8));
		return 0;
	}
	if (conf_parse_signal(word, &number) == 0) {
		set->signals |= UINT64_C(1) << (number - 1);
		return 0;
	}
	return directive_complain(context, "%s=: \"%s\" is neither an exit status nor a signal",
		directive->name, word);
}

int parse_exit_status_set(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	if (!*value) {
		*(struct exit_status_set **)field_of(context, directive) = NULL;
	}
	return each_word(context, directive, value, add_exit_status);
}

static int add_dependency(
	const struct directive_context *context, const struct directive *directive, char *word)
{
	static const char suffix[] = ".service";
	const enum dependency_kind *kind = directive->argument;
	size_t length = strlen(word);
	size_t bare = length - (sizeof(suffix) - 1);

	if (length > sizeof(suffix) - 1 && strcmp(word + bare, suffix) == 0) {
		word[bare] = '\0';
	}
	struct dependency *d = conf_arena_alloc(&context->set->arena, sizeof(*d));
	if (!d) {
		return -ENOMEM;
	}
	*d = (struct dependency) {
		.next = context->service->dependencies,
		.kind = *kind,
		.name = word,
		.place = context->place,
		.imported = context->imported,
	};
	context->service->dependencies = d;
	return 0;
}

/* Dependencies cannot be taken back by an empty value: systemd.unit(5) has it so. */
int parse_dependency(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	return each_word(context, directive, value, add_dependency);
}

static const struct {
	const char *word;
	enum exec_stream_kind kind;
	bool input;
	bool output;
} stream_words[] = {
	{ "null", STREAM_NULL, true, true },
	{ "inherit", STREAM_INHERIT, true, true },
	{ "data", STREAM_DATA, true, false },
	{ "log", STREAM_LOG, false, true },
	{ "tty", STREAM_TTY, true, true },
	/* A terminal that another session has is not waited for, so these two are one. */
	{ "tty-fail", STREAM_TTY, true, false },
	{ "tty-force", STREAM_TTY_FORCE, true, false },
	/* What a packaged unit asks the journal or the system log to keep goes to our log. */
	{ "journal", STREAM_LOG, false, true },
	{ "kmsg", STREAM_LOG, false, true },
	{ "syslog", STREAM_LOG, false, true },
	{ "journal+console", STREAM_LOG, false, true },
	{ "kmsg+console", STREAM_LOG, false, true },
	{ "syslog+console", STREAM_LOG, false, true },
	{ "file:", STREAM_FILE, true, true },
	{ "append:", STREAM_APPEND, false, true },
	{ "truncate:", STREAM_TRUNCATE, false, true },
};

static int not_understood(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	return directive_complain(context, "%s=%s: not understood, expected %s", directive->name,
		value, directive->doc);
}

/* systemd.exec(5): what a specifier stands for may well be the beginning of the path. */
static int parse_stream_path(const struct directive_context *context,
	const struct directive *directive, const char *value, size_t prefix, const char **ret_path)
{
	char *path = NULL;
	int r = directive_expand(context, value + prefix, &path);

	if (r < 0) {
		return r;
	}
	if (path[0] != '/') {
		return not_understood(context, directive, value);
	}
	*ret_path = path;
	return 0;
}

int parse_stream(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_stream *field = field_of(context, directive);
	bool input = field == &context->service->exec.input;

	if (!*value) {
		*field = (struct exec_stream) { 0 };
		return 0;
	}
	for (size_t i = 0; i < sizeof(stream_words) / sizeof(stream_words[0]); i++) {
		size_t length = strlen(stream_words[i].word);
		bool takes_path = stream_words[i].word[length - 1] == ':';
		bool allowed = input ? stream_words[i].input : stream_words[i].output;
		const char *path = NULL;

		if (!allowed || strncmp(value, stream_words[i].word, length) != 0 ||
			(!takes_path && value[length])) {
			continue;
		}
		int r = takes_path ? parse_stream_path(context, directive, value, length, &path)
				   : 0;
		if (r == 0) {
			*field = (struct exec_stream) { stream_words[i].kind, path };
		}
		return r;
	}
	return not_understood(context, directive, value);
}
