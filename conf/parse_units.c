/* SPDX-License-Identifier: MIT */
/* The parsers of what says where units lie, and what is asked of them when they are installed. */
#include <errno.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/unit_path.h"

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
