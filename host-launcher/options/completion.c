/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/completion.h"

#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_table.h"

struct search {
	const struct command *commands;
	const struct string_list *runs;
	struct string_list *candidates;
	const struct command *command; /* NULL: not known yet */
	char *so_far;                  /* the words of its name so far, or NULL */
	const struct option *awaited;  /* takes the next word */
	size_t given;                  /* words of the command's own */
	bool rest;                     /* after -- */
};

static bool begins_with(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void offer(struct search *search, const char *word, const char *description)
{
	string_list_take(search->candidates,
		*description ? alloc_printf("%s\t%s", word, description) : alloc_copy(word));
}

static bool applies(const struct search *search, const struct option *option)
{
	unsigned wanted = search->command ? search->command->bit : COMMAND_ALL;
	return (option->commands & wanted) == wanted;
}

/* The option of a word without its value: "--name" or "-n". */
static const struct option *find_option(const struct search *search, const char *word)
{
	size_t length = strcspn(word, "=");
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		bool is_long = begins_with(word, "--") && strlen(option->name) + 2 == length &&
			       strncmp(option->name, word + 2, length - 2) == 0;
		bool is_short = word[0] == '-' && word[1] && word[1] == option->letter && !word[2];
		if (applies(search, option) && (is_long || is_short)) {
			return option;
		}
	}
	return NULL;
}

/* A word that is there already leads on in the command line. */
static void take_option(struct search *search, const char *word)
{
	const struct option *option = find_option(search, word);
	if (strcmp(word, "--") == 0) {
		search->rest = true;
	} else if (option && option->kind != OPTION_SWITCH && option->kind != OPTION_RAM &&
		   !strchr(word, '=')) {
		search->awaited = option;
	}
}

static void take_command(struct search *search, const char *word)
{
	char *name =
		search->so_far ? alloc_printf("%s %s", search->so_far, word) : alloc_copy(word);
	for (const struct command *command = search->commands; command->name; command++) {
		if (strcmp(command->name, name) == 0) {
			search->command = command;
		}
	}
	alloc_freep(&search->so_far);
	search->so_far = name;
}

static void take(struct search *search, const char *word)
{
	if (search->awaited) {
		search->awaited = NULL;
	} else if (search->rest) {
		return;
	} else if (word[0] == '-' && word[1]) {
		take_option(search, word);
	} else if (!search->command) {
		take_command(search, word);
	} else {
		search->given++;
	}
}

/* What the argument of an option or of a command is, by how help calls it. */
static bool offer_by_name(struct search *search, const char *argument)
{
	if (strcmp(argument, "DIR") == 0 || begins_with(argument, "[SRC]")) {
		string_list_add(search->candidates, COMPLETION_FOLDERS);
	} else if (begins_with(argument, "FILE")) {
		string_list_add(search->candidates, COMPLETION_FILES);
	} else if (begins_with(argument, "RUN") || begins_with(argument, "[RUN]")) {
		for (size_t i = 0; i < search->runs->count; i++) {
			offer(search, search->runs->items[i], "a run");
		}
	} else {
		return false;
	}
	return true;
}

/* Each of "a|b[+c]", without what may follow; what is in capitals stands for something else. */
static void offer_choices(struct search *search, const char *prefix, const char *choices)
{
	while (*choices) {
		size_t length = strcspn(choices, "|");
		autofree char *choice = alloc_copy_range(choices, length);
		size_t certain = strcspn(choice, "[");
		choice[certain] = '\0';
		if (strcspn(choice, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == certain) {
			autofree char *word = alloc_printf("%s%s", prefix, choice);
			offer(search, word, "");
		}
		choices += length + (choices[length] == '|');
	}
}

/* `prefix` is "--name=" where the value follows at once. */
static void offer_values(struct search *search, const struct option *option, const char *prefix)
{
	if (option->choices) {
		offer_choices(search, prefix, option->choices);
	} else if (option->argument && !offer_by_name(search, option->argument)) {
		offer_choices(search, prefix, option->argument);
	}
}

static void offer_options(struct search *search, const char *prefix)
{
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		autofree char *name = alloc_printf("--%s", option->name);
		if (applies(search, option) && begins_with(name, prefix)) {
			offer(search, name, option->help);
		}
	}
}

/* The next word of each command that begins with the words so far. */
static void offer_commands(struct search *search, const char *prefix)
{
	autofree char *so_far =
		search->so_far ? alloc_printf("%s ", search->so_far) : alloc_copy("");
	const char *last = "";
	size_t last_length = 0;
	for (const struct command *command = search->commands; command->name; command++) {
		if (!begins_with(command->name, so_far)) {
			continue;
		}
		const char *next = command->name + strlen(so_far);
		size_t length = strcspn(next, " ");
		bool again = length == last_length && strncmp(next, last, length) == 0;
		autofree char *word = alloc_copy_range(next, length);
		if (!again && begins_with(word, prefix)) {
			offer(search, word, next[length] ? "" : command->summary);
		}
		last = next;
		last_length = length;
	}
}

static void offer_words(struct search *search, const char *prefix)
{
	const struct command *command = search->command;
	if (!command) {
		offer_commands(search, prefix);
		return;
	}
	const char *second = strchr(command->arguments, ' ');
	const char *argument = search->given == 0 ? command->arguments : second ? second + 1 : "";
	if (search->given < command->words_max && !offer_by_name(search, argument)) {
		offer_choices(search, "", argument);
	}
	/* RUN... */
	if (search->given && search->given < command->words_max &&
		begins_with(command->arguments, "RUN...")) {
		offer_by_name(search, command->arguments);
	}
}

void completion_find(const struct command *commands, const struct string_list *words,
	const struct string_list *runs, struct string_list *candidates)
{
	struct search search = { .commands = commands, .runs = runs, .candidates = candidates };
	const char *last = words->count ? words->items[words->count - 1] : "";
	for (size_t i = 0; i + 1 < words->count; i++) {
		take(&search, words->items[i]);
	}
	const struct option *option =
		begins_with(last, "--") && strchr(last, '=') ? find_option(&search, last) : NULL;
	if (search.awaited) {
		offer_values(&search, search.awaited, "");
	} else if (search.rest) {
		string_list_add(candidates, COMPLETION_FILES);
	} else if (option) {
		autofree char *prefix = alloc_copy_range(last, strcspn(last, "=") + 1);
		offer_values(&search, option, prefix);
	} else if (*last == '-') {
		offer_options(&search, last);
	} else {
		offer_words(&search, last);
	}
	alloc_freep(&search.so_far);
}
