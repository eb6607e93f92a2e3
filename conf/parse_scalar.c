/* SPDX-License-Identifier: MIT */
/* The parsers of directives that hold one value. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

/* The field that a directive fills. */
static void *field_of(const struct directive_context *context, const struct directive *directive)
{
	char *base = context->service ? (char *)context->service : (char *)&context->set->init;

	return base + directive->offset;
}

/* Tells a value that did not parse, with what is expected in its place. */
static int refuse(const struct directive_context *context, const struct directive *directive,
	const char *value, int error)
{
	if (error == 0 || error == -ENOMEM) {
		return error;
	}
	return directive_complain(context, "%s=%s: %s, expected %s", directive->name, value,
		error == -ERANGE ? "out of range" : "not understood", directive->doc);
}

int parse_accepted(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	(void)context;
	(void)directive;
	(void)value;
	return 0;
}

int parse_boolean(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	bool *field = field_of(context, directive);

	return refuse(context, directive, value, conf_parse_boolean(value, field));
}

/* A field that says the opposite of its directive, so that 0 is the default. */
int parse_negation(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	bool *field = field_of(context, directive);
	bool yes = false;
	int r = conf_parse_boolean(value, &yes);

	*field = r == 0 ? !yes : *field;
	return refuse(context, directive, value, r);
}

int parse_timespan(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int64_t *field = field_of(context, directive);

	return refuse(context, directive, value, conf_parse_timespan(value, field));
}

/* systemd.service(5): 0 means infinity for the time-outs of start and stop. */
static int parse_timeout(const char *value, int64_t *ret_ms)
{
	int64_t ms;
	int r = conf_parse_timespan(value, &ms);

	if (r == 0) {
		*ret_ms = ms ? ms : CONF_INFINITY;
	}
	return r;
}

int parse_timeout_start(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int r = parse_timeout(value, &context->service->timeout_start_ms);

	context->service->timeout_start_set = true;
	return refuse(context, directive, value, r);
}

int parse_timeout_stop(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	return refuse(context, directive, value,
		parse_timeout(value, &context->service->timeout_stop_ms));
}

/* An empty value makes it that of a stop again. */
int parse_timeout_abort(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int64_t *field = &context->service->timeout_abort_ms;

	if (!*value) {
		*field = 0;
		return 0;
	}
	return refuse(context, directive, value, parse_timeout(value, field));
}

int parse_timeout_both(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int r = parse_timeout_start(context, directive, value);

	return r < 0 ? r : parse_timeout(value, &context->service->timeout_stop_ms);
}

/* 0 means infinity here too: systemd's units have it so, though the manual does not say it. */
int parse_runtime_max(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	return refuse(
		context, directive, value, parse_timeout(value, &context->service->runtime_max_ms));
}

int parse_output_timeout(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	return refuse(context, directive, value,
		parse_timeout(value, &context->service->output_timeout_ms));
}

/* Endless silence is no watchdog. */
int parse_watchdog(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int64_t ms;
	int r = conf_parse_timespan(value, &ms);

	if (r == 0) {
		context->service->watchdog_ms = ms == CONF_INFINITY ? 0 : ms;
	}
	return refuse(context, directive, value, r);
}

static void join_names(const struct enum_name *names, char *text, size_t size)
{
	size_t used = 0;

	text[0] = '\0';
	for (; names->name && used < size; names++) {
		used += (size_t)snprintf(
			text + used, size - used, "%s%s", used ? ", " : "", names->name);
	}
}

int parse_enum(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const struct enum_name *names = directive->argument;
	int *field = field_of(context, directive);
	char expected[256];

	for (const struct enum_name *n = names; n->name; n++) {
		if (strcmp(n->name, value) == 0) {
			*field = n->value;
			return 0;
		}
	}
	join_names(names, expected, sizeof(expected));
	return directive_complain(context, "%s=%s: not understood, expected one of %s",
		directive->name, value, expected);
}

/* An empty value takes the setting back, as in systemd. */
int parse_string(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const char **field = field_of(context, directive);
	char *text = NULL;
	int r = *value ? directive_expand(context, value, &text) : 0;

	if (r == 0) {
		*field = text;
	}
	return r;
}

int parse_path(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const char **field = field_of(context, directive);
	char *path = NULL;
	int r = *value ? directive_expand(context, value, &path) : 0;

	if (r == 0 && path && *path != '/') {
		return refuse(context, directive, value, -EINVAL);
	}
	if (r == 0) {
		*field = path;
	}
	return r;
}

int parse_sigpipe(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	bool ignored;
	int r = conf_parse_boolean(value, &ignored);

	if (r == 0) {
		context->service->exec.ignore_sigpipe = ignored ? SIGPIPE_IGNORED : SIGPIPE_DEFAULT;
	}
	return refuse(context, directive, value, r);
}

/* Relative paths are below /run, as systemd.service(5) has it for PIDFile=. */
int parse_pid_file(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	static const char run[] = "/run/";
	const char **field = field_of(context, directive);
	char *expanded = NULL;
	int r = directive_expand(context, value, &expanded);

	if (r < 0 || !*expanded || *expanded == '/') {
		*field = r == 0 && *expanded ? expanded : NULL;
		return r;
	}
	size_t size = sizeof(run) + strlen(expanded);
	char *path = conf_arena_alloc(&context->set->arena, size);
	if (!path) {
		return -ENOMEM;
	}
	snprintf(path, size, "%s%s", run, expanded);
	*field = path;
	return 0;
}

int parse_main(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int r = parse_string(context, directive, value);

	context->set->init.main_place = context->place;
	return r;
}

int parse_mode(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	mode_t *field = field_of(context, directive);

	return refuse(context, directive, value, conf_parse_mode(value, field));
}

int parse_count(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int64_t *field = field_of(context, directive);

	return refuse(context, directive, value, conf_parse_integer(value, 0, INT32_MAX, field));
}

int parse_signal(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int *field = field_of(context, directive);

	return refuse(context, directive, value, conf_parse_signal(value, field));
}

int parse_limit(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const struct exec_limit **field = field_of(context, directive);
	int resource = (int)(field - context->service->exec.limits);
	struct exec_limit limit = { .nearest = context->imported };
	int r = conf_parse_limit(value, resource, &limit.limit);

	if (r < 0) {
		return refuse(context, directive, value, r);
	}
	struct exec_limit *kept = conf_arena_alloc(&context->set->arena, sizeof(*kept));
	if (!kept) {
		return -ENOMEM;
	}
	*kept = limit;
	*field = kept;
	return 0;
}

int parse_action_exit_status(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	struct unit_end *field = field_of(context, directive);
	int64_t code = 0;
	int r = *value ? conf_parse_integer(value, 0, 255, &code) : 0;

	if (r == 0) {
		field->exit_status_set = *value != '\0';
		field->exit_status = (int)code;
	}
	return refuse(context, directive, value, r);
}

int parse_nice(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	int64_t nice;
	int r = conf_parse_integer(value, -20, 19, &nice);

	if (r == 0) {
		context->service->exec.nice = (int)nice;
		context->service->exec.nice_set = true;
	}
	return refuse(context, directive, value, r);
}

int parse_oom_score_adjust(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	int64_t adjust;
	int r = conf_parse_integer(value, -1000, 1000, &adjust);

	if (r == 0) {
		context->service->exec.oom_score_adjust = (int)adjust;
		context->service->exec.oom_score_adjust_set = true;
		context->service->exec.oom_score_adjust_optional = context->imported;
	}
	return refuse(context, directive, value, r);
}

int parse_working_directory(const struct directive_context *context,
	const struct directive *directive, const char *value)
{
	struct exec_context *exec = &context->service->exec;
	bool optional = value[0] == '-';
	char *path = NULL;
	int r = directive_expand(context, value + optional, &path);

	if (r < 0) {
		return r;
	}
	if (*path && *path != '/' && strcmp(path, "~") != 0) {
		return refuse(context, directive, value, -EINVAL);
	}
	exec->working_directory = *path ? path : NULL;
	exec->working_directory_optional = optional;
	return 0;
}
