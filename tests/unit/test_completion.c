/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/completion.h"

#include <criterion/criterion.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_table.h"

static const struct command commands[] = {
	{ "build", COMMAND_BUILD, 0, 1, true, "[SRC] [-- ARG...]", "build it", NULL },
	{ "image build", COMMAND_IMAGE_BUILD, 0, 1, false, "[SRC]", "make it", NULL },
	{ "image load", COMMAND_IMAGE_LOAD, 1, 1, false, "FILE", "load it", NULL },
	{ "image pin", COMMAND_IMAGE_PIN, 1, 2, false, "REFERENCE [SRC]", "pin it", NULL },
	{ "logs", COMMAND_LOGS, 0, 1, false, "[RUN]", "print it", NULL },
	{ "rm", COMMAND_RM, 1, 64, false, "RUN...", "remove it", NULL },
	{ "completion", COMMAND_COMPLETION, 1, 1, true, "bash|zsh|fish", "print one", NULL },
	{ NULL },
};

static struct string_list found;

/* What completes the words of `line`, which are separated by single blanks. */
static void complete(const char *line)
{
	struct string_list words = { 0 };
	struct string_list runs = { 0 };
	string_list_finish(&found);
	string_list_add(&runs, "0a1b");
	string_list_add(&runs, "0c2d");
	for (const char *at = line;; at++) {
		size_t length = strcspn(at, " ");
		string_list_take(&words, alloc_copy_range(at, length));
		at += length;
		if (!*at) {
			break;
		}
	}
	completion_find(commands, &words, &runs, &found);
	string_list_finish(&words);
	string_list_finish(&runs);
}

static bool has(const char *word)
{
	size_t length = strlen(word);
	for (size_t i = 0; i < found.count; i++) {
		const char *candidate = found.items[i];
		if (strncmp(candidate, word, length) == 0 &&
			(candidate[length] == '\t' || candidate[length] == '\0')) {
			return true;
		}
	}
	return false;
}

/* `words` with blanks between them are all that completes `line`. */
static void expect(const char *line, const char *words)
{
	size_t count = 0;
	complete(line);
	for (const char *at = words; *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		autofree char *word = alloc_copy_range(at, length);
		cr_expect(has(word), "'%s': no %s", line, word);
		count++;
		at += length;
	}
	cr_expect_eq(found.count, count, "'%s': %zu instead of %zu", line, found.count, count);
}

Test(completion, commands)
{
	expect("", "build image logs rm completion");
	expect("im", "image");
	expect("image ", "build load pin");
	expect("image l", "load");
	expect("nonsense ", "");
	expect("-q --engine x b", "build");
	complete("bui");
	cr_expect_str_eq(found.items[0], "build\tbuild it");
}

Test(completion, words_of_commands)
{
	expect("build ", ":folders");
	expect("build x ", "");
	expect("image load ", ":files");
	expect("image pin ", "");
	expect("image pin x ", ":folders");
	expect("image pin x y ", "");
	expect("logs ", "0a1b 0c2d");
	expect("logs 0a1b ", "");
	expect("rm ", "0a1b 0c2d");
	expect("rm 0a1b ", "0a1b 0c2d");
	expect("completion ", "bash zsh fish");
	expect("build -- ", ":files");
}

Test(completion, values)
{
	expect("build --on-failure ", "remove keep shell");
	expect("build --on-failure=", "--on-failure=remove --on-failure=keep --on-failure=shell");
	expect("build --artifacts ", ":folders");
	expect("build --report=x", ":files");
	expect("build --ram=", "--ram=no --ram=auto");
	expect("build --ram ", ":folders");
	expect("build --cache ", "none");
	expect("build --proxy ", "builtin none");
	expect("build --cpus ", "");
	expect("-C ", ":folders");
	expect("build --on-failure keep ", ":folders");
	expect("build --on-failure=keep ", ":folders");
	expect("build --nonsense=", "");
	expect("build --offline ", ":folders");
}

Test(completion, options_of_the_command_and_of_all)
{
	complete("logs --");
	cr_expect(has("--follow"));
	cr_expect(has("--json"));
	cr_expect_not(has("--force"));
	complete("--");
	cr_expect(has("--engine"));
	cr_expect_not(has("--follow"));
	expect("rm --forc", "--force");
}

/* The tables are the only source: each option of each command is offered, and takes a value or does
 * not as the parser has it. */
Test(completion, every_option_of_every_command_is_offered)
{
	for (const struct command *command = commands; command->name; command++) {
		for (size_t i = 0; i < option_table_count; i++) {
			const struct option *option = &option_table[i];
			autofree char *line = alloc_printf("%s -", command->name);
			autofree char *name = alloc_printf("--%s", option->name);
			bool offered = option->commands & command->bit;
			complete(line);
			for (size_t j = 0; j < option_table_count && !offered; j++) {
				/* Another one of that name. */
				offered = strcmp(option_table[j].name, option->name) == 0 &&
					  (option_table[j].commands & command->bit);
			}
			cr_expect_eq(has(name), offered, "%s %s", command->name, name);
		}
	}
}

Test(completion, no_words_at_all)
{
	struct string_list none = { 0 };
	string_list_finish(&found);
	completion_find(commands, &none, &none, &found);
	cr_expect(has("build"));
}
