/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/options.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_file.h"
#include "host-launcher/options/option_store.h"
#include "host-launcher/options/tails_options.h"

static bool takes_value(const struct option *option)
{
	return option->kind != OPTION_SWITCH;
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

/* A flag is kept until all that it wins over is known. */
struct flag {
	const struct option *option;
	char *name; /* as it was spelt */
	char *value;
};

/* The words that are still to be parsed. */
struct cursor {
	const char *const *argv;
	int left;
	struct flag *flags;
	size_t flag_count;
};

static void keep(
	struct cursor *cursor, const struct option *option, const char *name, const char *value)
{
	cursor->flags = alloc_resize(cursor->flags, cursor->flag_count + 1, sizeof(*cursor->flags));
	cursor->flags[cursor->flag_count++] = (struct flag) {
		.option = option,
		.name = alloc_copy(name),
		.value = value ? alloc_copy(value) : NULL,
	};
}

/* The last one given of that name, or NULL. */
static const struct flag *find_flag(const struct cursor *cursor, const char *name)
{
	for (size_t i = cursor->flag_count; i-- > 0;) {
		if (strcmp(cursor->flags[i].option->name, name) == 0) {
			return &cursor->flags[i];
		}
	}
	return NULL;
}

static void cursor_finish(struct cursor *cursor)
{
	for (size_t i = 0; i < cursor->flag_count; i++) {
		free(cursor->flags[i].name);
		free(cursor->flags[i].value);
	}
	free(cursor->flags);
}

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
	keep(cursor, option, name, value);
	return 0;
}

/* A cluster as in -qv; the value of the last one may follow at once or as the next word. */
static int parse_short(const char *word, struct cursor *cursor, struct failure *failure)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct option *option = find_short(*letter);
		const char name[] = { '-', *letter, '\0' };
		if (!option) {
			return failure_set(failure, EXIT_USAGE, "unknown option %s", name);
		}
		if (!takes_value(option)) {
			keep(cursor, option, name, NULL);
			continue;
		}
		const char *value = letter[1] ? letter + 1 : next(cursor);
		if (!value) {
			return failure_set(
				failure, EXIT_USAGE, "%s needs %s", name, option->argument);
		}
		keep(cursor, option, name, value);
		return 0;
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
		return parse_short(word, cursor, failure);
	}
	if (!options->command) {
		return take_command_word(options, commands, word, failure);
	}
	string_list_add(&options->words, word);
	return 0;
}

static int check_words(
	const struct options *options, const struct cursor *cursor, struct failure *failure)
{
	const struct command *command = options->command;
	size_t count = options->words.count;
	if (find_flag(cursor, "help")) {
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
	return check_words(options, cursor, failure);
}

static void set_defaults(struct options *options)
{
	*options = (struct options) {
		.color = alloc_copy("auto"),
		.artifacts = alloc_copy("artifacts"),
		.proxy = alloc_copy("builtin"),
		.cache = alloc_copy("berth-apt-cache"),
		.on_failure = alloc_copy("remove"),
		.website_cache = alloc_copy("no"),
		.compression = alloc_copy("default"),
		.artifact_prefix = alloc_copy("tails-amd64"),
		.git_source = alloc_copy("info"),
		.stop_timeout_ms = OPTION_STOP_TIMEOUT_MS,
		.heartbeat_ms = OPTION_HEARTBEAT_MS,
	};
}

/* `path` as seen from where `-C` leads. */
static char *under(const struct cursor *cursor, const char *path)
{
	const struct flag *directory = find_flag(cursor, "directory");
	return directory && *path != '/' ? alloc_printf("%s/%s", directory->value, path)
					 : alloc_copy(path);
}

static char *user_file(void)
{
	const char *config = getenv("XDG_CONFIG_HOME");
	const char *home = getenv("HOME");
	if (config && *config == '/') {
		return alloc_printf("%s/berth/berth.ini", config);
	}
	return home && *home == '/' ? alloc_printf("%s/.config/berth/berth.ini", home) : NULL;
}

/* The one file that was asked for must be there; of the others each may be. */
static int read_own_files(
	struct options *options, const struct cursor *cursor, struct failure *failure)
{
	const struct flag *flag = find_flag(cursor, "config");
	const char *variable = getenv("BERTH_CONFIG");
	const char *asked = flag ? flag->value : variable && *variable ? variable : NULL;
	if (asked) {
		autofree char *path = under(cursor, asked);
		int rc = option_file_read(path, OPTION_TRUSTED, options, failure);
		return rc ? rc : failure_set(failure, EXIT_SYNTAX, "there is no %s", path);
	}
	autofree char *own = user_file();
	if (option_file_read(OPTIONS_MACHINE_FILE, OPTION_TRUSTED, options, failure) < 0) {
		return -1;
	}
	return own ? option_file_read(own, OPTION_TRUSTED, options, failure) : 0;
}

static int read_source_file(
	struct options *options, const struct cursor *cursor, struct failure *failure)
{
	autofree char *source = under(cursor, options->words.count ? options->words.items[0] : ".");
	autofree char *path = alloc_printf("%s/" OPTIONS_SOURCE_FILE, source);
	return option_file_read(path, OPTION_FROM_SOURCE, options, failure);
}

static int set_by_word(
	void *user, const char *name, const char *value, const char *word, struct failure *failure)
{
	const struct option *option = option_find(name, COMMAND_BUILD);
	autofree char *origin = alloc_printf("TAILS_BUILD_OPTIONS (%s)", word);
	if (option_set(user, option, value, origin) < 0) {
		return option_refuse(option, word, value, failure);
	}
	return 0;
}

static const char *get_variable(void *user, const char *name)
{
	(void)user;
	return getenv(name);
}

static int read_tails_words(struct options *options, struct failure *failure)
{
	const char *text = getenv("TAILS_BUILD_OPTIONS");
	struct tails_options_sink sink = {
		.set = set_by_word,
		.get = get_variable,
		.user = options,
		.warnings = &options->warnings,
	};
	return text ? tails_options_parse(text, &sink, failure) : 0;
}

static int read_variables(struct options *options, struct failure *failure)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		autofree char *name = option_variable_name(option);
		const char *value = option->variable ? getenv(name) : NULL;
		if (value && *value && option_set(options, option, value, name) < 0) {
			return option_refuse(option, name, value, failure);
		}
	}
	return 0;
}

static int apply_flags(
	struct options *options, const struct cursor *cursor, struct failure *failure)
{
	for (size_t i = 0; i < cursor->flag_count; i++) {
		const struct flag *flag = &cursor->flags[i];
		if (option_set(options, flag->option, flag->value, flag->name) < 0) {
			return option_refuse(flag->option, flag->name, flag->value, failure);
		}
	}
	return 0;
}

/* From what counts least to what counts most. */
static int apply_all(struct options *options, const struct cursor *cursor, struct failure *failure)
{
	const unsigned of_source =
		COMMAND_BUILD | COMMAND_GITINFO | COMMAND_CONFIG | COMMAND_DOCTOR;
	bool works = options->command && !find_flag(cursor, "help");
	bool on_source = works && (options->command->bit & of_source);
	if (works && read_own_files(options, cursor, failure) < 0) {
		return -1;
	}
	if (on_source && (read_source_file(options, cursor, failure) < 0 ||
				 read_tails_words(options, failure) < 0)) {
		return -1;
	}
	if (read_variables(options, failure) < 0) {
		return -1;
	}
	return apply_flags(options, cursor, failure);
}

int options_parse(const struct command *commands, int argc, const char *const *argv,
	struct options *ret_options, struct failure *failure)
{
	struct options options;
	set_defaults(&options);
	struct cursor cursor = { .argv = argv, .left = argc };
	int rc = parse_words(&options, commands, &cursor, failure);
	if (rc == 0) {
		rc = apply_all(&options, &cursor, failure);
	}
	cursor_finish(&cursor);
	if (rc < 0) {
		options_finish(&options);
		return -1;
	}
	*ret_options = options;
	return 0;
}

static void option_finish(struct options *options, size_t index)
{
	const struct option *option = &option_table[index];
	void *slot = (char *)options + option->offset;
	if (option->kind == OPTION_TEXT || option->kind == OPTION_CHOICE) {
		free(*(char **)slot);
		*(char **)slot = NULL;
	} else if (option->kind == OPTION_LIST) {
		string_list_finish(slot);
	}
	if (options->origins) {
		free(options->origins[index]);
	}
}

void options_finish(struct options *options)
{
	for (size_t i = 0; i < option_table_count; i++) {
		option_finish(options, i);
	}
	free(options->origins);
	string_list_finish(&options->warnings);
	string_list_finish(&options->words);
	string_list_finish(&options->build_arguments);
	*options = (struct options) { 0 };
}
