/* SPDX-License-Identifier: MIT */
/* The parsers of what says where units lie, and what is asked of them when they are installed. */
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/unit_path.h"
#include "conf/value.h"

/* Each line one folder, the first goes before the others. */
int parse_unit_path(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct conf_strings *list = &context->set->init.unit_path;

	if (!*value) {
		*list = (struct conf_strings) { 0 };
		return 0;
	}
	if (*value != '/') {
		return directive_complain(
			context, "%s=%s: expected %s", directive->name, value, directive->doc);
	}
	if (context->set->init.unit_path_used) {
		return directive_complain(context,
			"%s= must stand above every Unit=, for it says where those are",
			directive->name);
	}
	if (list->count == UNIT_PATH_OWN_MAX) {
		return directive_complain(
			context, "%s=: more than %d folders", directive->name, UNIT_PATH_OWN_MAX);
	}
	return conf_strings_add(&context->set->arena, list, value);
}

static struct unit_install *install_of(const struct directive_context *context)
{
	struct service_config *service = context->service;

	if (!service->install) {
		service->install =
			conf_arena_alloc(&context->set->arena, sizeof(*service->install));
	}
	return service->install;
}

static int add_unit(const struct directive_context *context, const struct directive *directive,
	struct conf_strings *list, const char *word)
{
	char *name = NULL;
	int r = directive_expand(context, word, &name);

	if (r == 0 && !unit_name_is_valid(name)) {
		return directive_complain(
			context, "%s=%s: expected %s", directive->name, name, directive->doc);
	}
	return r < 0 ? r : conf_strings_add(&context->set->arena, list, name);
}

/* Names of units; `offset` is within struct unit_install. */
int parse_install(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct unit_install *install = install_of(context);
	char *word = NULL;
	int more, r = 0;

	if (!install) {
		return -ENOMEM;
	}
	struct conf_strings *list = (void *)((char *)install + directive->offset);
	if (!*value) {
		*list = (struct conf_strings) { 0 };
	}
	while (r == 0 && (more = conf_next_word(&value, &context->set->arena, &word, NULL)) != 0) {
		if (more == -EINVAL) {
			return directive_complain(
				context, "%s=: a quote is not closed", directive->name);
		}
		r = more < 0 ? more : add_unit(context, directive, list, word);
	}
	return r;
}

int parse_default_instance(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	struct unit_install *install = install_of(context);
	char *expanded = NULL;
	int r = install ? directive_expand(context, value, &expanded) : -ENOMEM;

	if (r == 0) {
		install->default_instance = *expanded ? expanded : NULL;
	}
	return r;
}
