/* SPDX-License-Identifier: MIT */
/* completion_command() of completion.h. */
#include <stdio.h>
#include <string.h>

#include "host-launcher/options/completion.h"
#include "host-launcher/state/record.h"

/* bash splits --name=value into three words, and completes the last of them. */
static const char bash_script[] =
	"# bash completion for berth(1), as `berth completion bash` prints it\n"
	"_berth() {\n"
	"	local words=() word line value i\n"
	"	for ((i = 1; i <= COMP_CWORD; i++)); do\n"
	"		word=${COMP_WORDS[i]}\n"
	"		if [[ $i -gt 1 && ( $word == = || ${COMP_WORDS[i - 1]} == = ) ]]; then\n"
	"			words[${#words[@]} - 1]+=$word\n"
	"		else\n"
	"			words+=(\"$word\")\n"
	"		fi\n"
	"	done\n"
	"	word=${words[${#words[@]} - 1]}\n"
	"	value=$word\n"
	"	[[ $word != --*=* ]] || value=${word#*=}\n"
	"	COMPREPLY=()\n"
	"	while IFS= read -r line; do\n"
	"		case $line in\n"
	"		:files | :folders)\n"
	"			compopt -o filenames 2>/dev/null\n"
	"			[[ $line == :files ]] && i=-f || i=-d\n"
	"			while IFS= read -r line; do\n"
	"				COMPREPLY+=(\"$line\")\n"
	"			done < <(compgen \"$i\" -- \"$value\")\n"
	"			;;\n"
	"		\"$word\"*)\n"
	"			line=${line%%$'\\t'*}\n"
	"			COMPREPLY+=(\"${line:${#word}-${#value}}\")\n"
	"			;;\n"
	"		esac\n"
	"	done < <(\"${COMP_WORDS[0]}\" completion words -- \"${words[@]}\" 2>/dev/null)\n"
	"}\n"
	"complete -F _berth berth\n";

static const char zsh_script[] =
	"#compdef berth\n"
	"# zsh completion for berth(1), as `berth completion zsh` prints it\n"
	"_berth() {\n"
	"	local line\n"
	"	local -a found shown\n"
	"	for line in \"${(@f)$(\"$words[1]\" completion words -- "
	"\"${(@)words[2,CURRENT]}\" 2>/dev/null)}\"; do\n"
	"		case $line in\n"
	"		'') ;;\n"
	"		:files | :folders)\n"
	"			[[ $PREFIX != --*=* ]] || compset -P '*='\n"
	"			if [[ $line == :files ]]; then _files; else _files -/; fi\n"
	"			;;\n"
	"		*)\n"
	"			found+=(\"${line%%$'\\t'*}\")\n"
	"			shown+=(\"${line/$'\\t'/  -- }\")\n"
	"			;;\n"
	"		esac\n"
	"	done\n"
	"	(( ! $#found )) || compadd -l -d shown -a found\n"
	"}\n"
	"if [ \"$funcstack[1]\" = _berth ]; then\n"
	"	_berth \"$@\"\n"
	"else\n"
	"	compdef _berth berth\n"
	"fi\n";

static const char fish_script[] =
	"# fish completion for berth(1), as `berth completion fish` prints it\n"
	"function __berth_complete\n"
	"	set -l words (commandline -opc) (commandline -ct)\n"
	"	set -l value (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
	"	for line in ($words[1] completion words -- $words[2..-1] 2>/dev/null)\n"
	"		switch $line\n"
	"			case ':files'\n"
	"				__fish_complete_path $value\n"
	"			case ':folders'\n"
	"				__fish_complete_directories $value ''\n"
	"			case '*'\n"
	"				echo $line\n"
	"		end\n"
	"	end\n"
	"end\n"
	"complete -c berth -f -a '(__berth_complete)'\n";

static const struct {
	const char *shell;
	const char *script;
} scripts[] = {
	{ "bash", bash_script },
	{ "zsh", zsh_script },
	{ "fish", fish_script },
};

static void print_candidates(const struct options *options)
{
	struct string_list runs = { 0 };
	struct string_list candidates = { 0 };
	record_list(&runs);
	completion_find(command_table, &options->build_arguments, &runs, &candidates);
	for (size_t i = 0; i < candidates.count; i++) {
		puts(candidates.items[i]);
	}
	string_list_finish(&candidates);
	string_list_finish(&runs);
}

int completion_command(const struct options *options, struct failure *failure)
{
	const char *wanted = options->words.items[0];
	if (strcmp(wanted, "words") == 0) {
		print_candidates(options);
		return 0;
	}
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		if (strcmp(scripts[i].shell, wanted) == 0) {
			fputs(scripts[i].script, stdout);
			return 0;
		}
	}
	return failure_set(failure, EXIT_USAGE,
		"there is no completion for '%s': expected bash, zsh or fish", wanted);
}
