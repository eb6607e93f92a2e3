/* SPDX-License-Identifier: MIT */
#include "host-launcher/options.h"

#include <ctype.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/alloc.h"
#include "host-launcher/option_table.h"
#include "host-launcher/value.h"

static void *slot_of(struct options *options, const struct option *option)
{
	return (char *)options + option->offset;
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

static void set_size(struct options *options, const char *value, int *rc)
{
	options->ram = true;
	if (value) {
		*rc = value_parse_size(value, &options->ram_bytes);
	}
}

/* `value` is NULL only for switches and for OPTION_RAM. Returns 0, -EINVAL or -ERANGE. */
static int store(struct options *options, const struct option *option, const char *value)
{
	void *slot = slot_of(options, option);
	int rc = 0;
	switch (option->kind) {
	case OPTION_SWITCH:
		*(bool *)slot = true;
		break;
	case OPTION_TEXT:
		rc = *value ? 0 : -EINVAL;
		set_text(slot, value);
		break;
	case OPTION_CHOICE:
		rc = is_choice(option->choices, value) ? 0 : -EINVAL;
		set_text(slot, value);
		break;
	case OPTION_LIST:
		string_list_add(slot, value);
		break;
	case OPTION_DURATION:
		rc = value_parse_duration(value, slot);
		break;
	case OPTION_RAM:
		set_size(options, value, &rc);
		break;
	}
	return rc;
}

static int refuse_value(
	const struct option *option, const char *name, const char *value, struct failure *failure)
{
	const char *expected = option->choices ? option->choices : option->argument;
	return failure_set(failure, EXIT_USAGE, "%s cannot be '%s': expected %s", name,
		value ? value : "", expected ? expected : "yes or no");
}

static bool takes_value(const struct option *option)
{
	return option->kind != OPTION_SWITCH;
}

/* BERTH_BUILD_TIMEOUT for build-timeout. */
static char *variable_name(const struct option *option)
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

static int read_variable(
	struct options *options, const struct option *option, struct failure *failure)
{
	autofree char *name = variable_name(option);
	const char *value = getenv(name);
	if (!value || !*value) {
		return 0;
	}
	bool on = true;
	int rc = 0;
	if (!takes_value(option)) {
		rc = value_parse_bool(value, &on);
	}
	if (rc == 0 && on) {
		rc = store(options, option, value);
	}
	return rc < 0 ? refuse_value(option, name, value, failure) : 0;
}

static int read_environment(struct options *options, struct failure *failure)
{
	for (size_t i = 0; i < option_table_count; i++) {
		if (option_table[i].variable &&
			read_variable(options, &option_table[i], failure) < 0) {
			return -1;
		}
	}
	return 0;
}

/* Which options may be given: those of the command, and before it those of all commands. */
static bool applies(const struct options *options, const struct option *option)
{
	unsigned wanted = options->command ? options->command->bit : COMMAND_ALL;
	return (option->commands & wanted) == wanted;
}

static const struct option *find_long(const struct options *options, const char *name)
{
	for (size_t i = 0; i < option_table_count; i++) {
		if (strcmp(option_table[i].name, name) == 0 && applies(options, &option_table[i])) {
			return &option_table[i];
		}
	}
	return NULL;
}

static const struct option *find_short(char letter)
{
	for (size_t i = 0; i < option_table_count; i++) {
		if (option_table[i].letter == letter) {
			return &option_table[i];
		}
	}
	return NULL;
}

static int refuse_option(const struct options *options, const char *name, struct failure *failure)
{
	const char *near = nearest_name(
		name, &option_table[0].name, option_table_count, sizeof(option_table[0]));
	if (near && strcmp(near, name) == 0) {
		return options->command
			       ? failure_set(failure, EXIT_USAGE, "--%s is no option of berth %s",
					 name, options->command->name)
			       : failure_set(failure, EXIT_USAGE,
					 "--%s must come after the command it is for", name);
	}
	return failure_set(failure, EXIT_USAGE,
		near ? "unknown option --%s, did you mean --%s?" : "unknown option --%s", name,
		near);
}

static int apply(struct options *options, const struct option *option, const char *name,
	const char *value, struct failure *failure)
{
	return store(options, option, value) < 0 ? refuse_value(option, name, value, failure) : 0;
}

/* The words that are still to be parsed. */
struct cursor {
	const char *const *argv;
	int left;
};

static const char *next(struct cursor *cursor)
{
	return cursor->left > 0 ? (cursor->left--, *cursor->argv++) : NULL;
}

static int parse_long(
	struct options *options, const char *word, struct cursor *cursor, struct failure *failure)
{
	size_t length = strcspn(word + 2, "=");
	const char *value = word[2 + length] == '=' ? word + 2 + length + 1 : NULL;
	autofree char *name = alloc_copy_range(word, length + 2);
	const struct option *option = find_long(options, name + 2);
	if (!option) {
		return refuse_option(options, name + 2, failure);
	}
	if (value && !takes_value(option)) {
		return failure_set(failure, EXIT_USAGE, "%s takes no value", name);
	}
	if (!value && takes_value(option) && option->kind != OPTION_RAM) {
		value = next(cursor);
		if (!value) {
			return failure_set(
				failure, EXIT_USAGE, "%s needs %s", name, option->argument);
		}
	}
	return apply(options, option, name, value, failure);
}

/* A cluster as in -qv; the value of the last one may follow at once or as the next word. */
static int parse_short(
	struct options *options, const char *word, struct cursor *cursor, struct failure *failure)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find_short(*letter);
		const char name[] = { '-', *letter, '\0' };
		if (!option) {
			return failure_set(failure, EXIT_USAGE, "unknown option %s", name);
		}
		if (!takes_value(option)) {
			if (apply(options, option, name, NULL, failure) < 0) {
				return -1;
			}
			continue;
		}
		const char *value = letter[1] ? letter + 1 : next(cursor);
		if (!value) {
			return failure_set(
				failure, EXIT_USAGE, "%s needs %s", name, option->argument);
		}
		return apply(options, option, name, value, failure);
	}
	return 0;
}

/* Whether `word`, after the words so far, leads to a command: 2 it is one, 1 it begins one. */
static int match_command(const struct command *command, const char *so_far, const char *word)
{
	autofree char *name = so_far ? alloc_printf("%s %s", so_far, word) : alloc_copy(word);
	size_t length = strlen(name);
	if (strncmp(command->name, name, length) != 0) {
		return 0;
	}
	return command->name[length] == '\0' ? 2 : command->name[length] == ' ';
}

static int refuse_command(const struct command *commands, const char *name, struct failure *failure)
{
	size_t count = 0;
	while (commands[count].name) {
		count++;
	}
	const char *near = nearest_name(name, &commands[0].name, count, sizeof(commands[0]));
	return failure_set(failure, EXIT_USAGE,
		near ? "unknown command '%s', did you mean %s?"
		     : "unknown command '%s': berth --help lists them",
		name, near);
}

/* Takes a word of the command's name. The words so far are in options->words. */
static int take_command_word(struct options *options, const struct command *commands,
	const char *word, struct failure *failure)
{
	const char *so_far = options->words.count ? options->words.items[0] : NULL;
	bool begins = false;
	for (const struct command *command = commands; command->name; command++) {
		int match = match_command(command, so_far, word);
		if (match == 2) {
			options->command = command;
			string_list_finish(&options->words);
			return 0;
		}
		begins |= match == 1;
	}
	if (!begins) {
		autofree char *name =
			so_far ? alloc_printf("%s %s", so_far, word) : alloc_copy(word);
		return refuse_command(commands, name, failure);
	}
	string_list_add(&options->words, word);
	return 0;
}

static int parse_word(struct options *options, const struct command *commands, const char *word,
	struct cursor *cursor, struct failure *failure)
{
	if (strncmp(word, "--", 2) == 0) {
		return parse_long(options, word, cursor, failure);
	}
	if (word[0] == '-' && word[1]) {
		return parse_short(options, word, cursor, failure);
	}
	if (!options->command) {
		return take_command_word(options, commands, word, failure);
	}
	string_list_add(&options->words, word);
	return 0;
}

static int check_words(const struct options *options, struct failure *failure)
{
	const struct command *command = options->command;
	size_t count = options->words.count;
	if (options->help) {
		return 0;
	}
	if (!command) {
		return count == 0 ? 0
				  : failure_set(failure, EXIT_USAGE,
					    "'%s' is only the beginning of a command: berth --help "
					    "lists them",
					    options->words.items[0]);
	}
	if (count < command->words_min || count > command->words_max) {
		return failure_set(failure, EXIT_USAGE, "usage: berth %s [OPTION]... %s",
			command->name, command->arguments);
	}
	if (options->build_arguments.count && !command->passes_arguments) {
		return failure_set(
			failure, EXIT_USAGE, "berth %s takes nothing after --", command->name);
	}
	return 0;
}

static int parse_words(struct options *options, const struct command *commands,
	struct cursor *cursor, struct failure *failure)
{
	for (const char *word; (word = next(cursor));) {
		if (strcmp(word, "--") == 0) {
			while ((word = next(cursor))) {
				string_list_add(&options->build_arguments, word);
			}
			break;
		}
		if (parse_word(options, commands, word, cursor, failure) < 0) {
			return -1;
		}
	}
	return check_words(options, failure);
}

static void set_defaults(struct options *options)
{
	const char *engine = getenv("DOCKER_HOST");
	*options = (struct options) {
		.engine = alloc_copy(engine && *engine ? engine : "unix:///var/run/docker.sock"),
		.color = alloc_copy("auto"),
		.artifacts = alloc_copy("artifacts"),
		.proxy = alloc_copy("builtin"),
		.cache = alloc_copy("berth-apt-cache"),
		.on_failure = alloc_copy("remove"),
		.stop_timeout_ms = OPTION_STOP_TIMEOUT_MS,
	};
}

int options_parse(const struct command *commands, int argc, const char *const *argv,
	struct options *ret_options, struct failure *failure)
{
	struct options options;
	set_defaults(&options);
	struct cursor cursor = { .argv = argv, .left = argc };
	if (read_environment(&options, failure) < 0 ||
		parse_words(&options, commands, &cursor, failure) < 0) {
		options_finish(&options);
		return -1;
	}
	*ret_options = options;
	return 0;
}

void options_finish(struct options *options)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		if (option->kind == OPTION_TEXT || option->kind == OPTION_CHOICE) {
			free(*(char **)slot_of(options, option));
		} else if (option->kind == OPTION_LIST) {
			string_list_finish(slot_of(options, option));
		}
	}
	string_list_finish(&options->words);
	string_list_finish(&options->build_arguments);
	*options = (struct options) { 0 };
}
