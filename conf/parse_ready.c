/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "conf/directives.h"
#include "conf/ready.h"

/* A command's words are expanded one by one, as those of ExecStart= are. */
static int parse(const struct directive_context *context, const struct directive *directive,
	const char *value, struct ready_when *ready)
{
	struct conf_arena *arena = &context->set->arena;
	const char *why = "";
	char *text = NULL;
	int r = conf_parse_ready(arena, value, ready, &why);

	if (r == 0 && ready->kind == READY_EXEC) {
		return directive_parse_command(context, directive, ready->target, &ready->command);
	}
	if (r != -ENOMEM) {
		r = directive_expand(context, value, &text);
	}
	if (r == 0) {
		r = conf_parse_ready(arena, text, ready, &why);
	}
	return r == -EINVAL && *why
		       ? directive_complain(context, "%s=%s: %s", directive->name, value, why)
		       : r;
}

/* The last one counts, and an empty value takes it back. */
int parse_ready_when(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct ready_when *ready = NULL;
	int r = 0;

	if (*value) {
		ready = conf_arena_alloc(&context->set->arena, sizeof(*ready));
		r = ready ? parse(context, directive, value, ready) : -ENOMEM;
	}
	if (r == 0) {
		context->service->ready_when = ready;
	}
	return r;
}
