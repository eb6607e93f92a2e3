/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/config_command.h"

#include <jansson.h>
#include <stdio.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/git_rule.h"
#include "host-launcher/options/option_store.h"

/* Those of a build, and of all commands but for what is asked of this one run. */
static bool is_shown(const struct option *option)
{
	return option->variable ||
	       (option->kind == OPTION_LIST && (option->commands & COMMAND_BUILD));
}

static void add_json(json_t *list, const char *name, const char *value, const char *origin)
{
	json_object_set_new(list, name, json_pack("{s:s?, s:s}", "value", value, "origin", origin));
}

int config_command(const struct options *options, struct failure *failure)
{
	(void)failure;
	json_auto_t *list = json_object();
	for (size_t i = 0; i < option_table_count; i++) {
		const struct option *option = &option_table[i];
		if (!is_shown(option)) {
			continue;
		}
		autofree char *value = option_text(options, option);
		const char *origin = option_origin(options, option);
		origin = origin ? origin : "built in";
		if (value) {
			git_rule_redact(value);
		}
		if (options->json) {
			add_json(list, option->name, value, origin);
		} else if (options->show_origin) {
			printf("%-22s %-28s %s\n", option->name, value ? value : "", origin);
		} else {
			printf("%-22s %s\n", option->name, value ? value : "");
		}
	}
	if (options->json) {
		json_dumpf(list, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	return 0;
}
