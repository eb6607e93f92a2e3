/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What may come next on a command line of berth, by the tables of commands and options: the scripts
 * that shells load only ask for it, and so never lag behind. Pure but for completion_command().
 */

#include "host-launcher/base/words.h"
#include "host-launcher/options/command.h"
#include "host-launcher/options/options.h"

/* In place of a candidate: whatever files or folders there are. */
#define COMPLETION_FILES   ":files"
#define COMPLETION_FOLDERS ":folders"

/* `words` is the command line without "berth"; the last one, which may be empty, is to be
 * completed. Adds "WORD" or "WORD<tab>DESCRIPTION" for each way to do so, or one of the above.
 * `runs` are those that could be meant. */
void completion_find(const struct command *commands, const struct string_list *words,
	const struct string_list *runs, struct string_list *candidates);

/* The command `completion bash|zsh|fish`, which prints a script, and `completion words -- WORD...`,
 * which these call. */
int completion_command(const struct options *options, struct failure *failure);
