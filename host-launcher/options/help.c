/* SPDX-License-Identifier: MIT */
#include "host-launcher/options/help.h"

#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/options/option_table.h"

enum {
	SPELLING_WIDTH = 34,
};

static void print_option(FILE *out, const struct option *option)
{
	const char *argument = option->choices ? option->choices : option->argument;
	autofree char *letter =
		option->letter ? alloc_printf("-%c, ", option->letter) : alloc_copy("    ");
	autofree char *spelling = alloc_printf("%s--%s%s%s%s", letter, option->name,
		!argument                    ? ""
		: option->kind == OPTION_RAM ? "[="
					     : " ",
		argument ? argument : "", option->kind == OPTION_RAM ? "]" : "");
	const char *gap = strlen(spelling) > SPELLING_WIDTH ? "\n" : "";
	fprintf(out, "  %-*s%s%*s  %s\n", SPELLING_WIDTH, spelling, gap,
		*gap ? SPELLING_WIDTH + 2 : 0, "", option->help);
}

static void print_options(FILE *out, const char *title, unsigned wanted, bool common)
{
	fprintf(out, "\n%s:\n", title);
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		if ((option->commands & wanted) && (option->commands == COMMAND_ALL) == common) {
			print_option(out, option);
		}
	}
}

void help_print_all(FILE *out, const struct command *commands)
{
	fprintf(out, "Usage: berth COMMAND [OPTION]...\n\n"
		     "Builds Debian live systems in one container.\n\nCommands:\n");
	for (const struct command *command = commands; command->name; command++) {
		fprintf(out, "  %-14s  %s\n", command->name, command->summary);
	}
	print_options(out, "Options of all commands", COMMAND_ALL, true);
	fprintf(out, "\nberth COMMAND --help tells more; so does the manual page berth(1).\n");
}

static bool has_own_options(unsigned bit)
{
	for (size_t i = 0; i < option_table_count; i++) {
		if ((option_table[i].commands & bit) && option_table[i].commands != COMMAND_ALL) {
			return true;
		}
	}
	return false;
}

void help_print_command(FILE *out, const struct command *command)
{
	fprintf(out, "Usage: berth %s [OPTION]...%s%s\n\n%s.\n", command->name,
		*command->arguments ? " " : "", command->arguments, command->summary);
	if (has_own_options(command->bit)) {
		print_options(out, "Options", command->bit, false);
	}
	print_options(out, "Options of all commands", command->bit, true);
	fprintf(out, "\nMost options can be set by a variable too: BERTH_PROXY for --proxy.\n");
}
