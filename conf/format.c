/* SPDX-License-Identifier: MIT */
#include "conf/format.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "conf/format_extras.h"
#include "conf/ready.h"
#include "conf/value.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

void conf_format_timespan(FILE *out, int64_t ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = { { "d", 86400000 }, { "h", 3600000 }, { "min", 60000 }, { "s", 1000 },
		{ "ms", 1 } };
	const char *blank = "";

	if (ms == CONF_INFINITY || ms <= 0) {
		fputs(ms > 0 ? "infinity" : "0", out);
		return;
	}
	for (size_t i = 0; i < COUNT(units); i++) {
		if (ms >= units[i].ms) {
			fprintf(out, "%s%lld%s", blank, (long long)(ms / units[i].ms),
				units[i].name);
			ms %= units[i].ms;
			blank = " ";
		}
	}
}

void conf_format_word(FILE *out, const char *word)
{
	bool quoted = !*word || strpbrk(word, " \t\n\r\"'") || strcmp(word, ";") == 0;

	fputs(quoted ? "\"" : "", out);
	for (; *word; word++) {
		unsigned char byte = (unsigned char)*word;

		if (byte == '\\' || byte == '"') {
			fprintf(out, "\\%c", byte);
		} else if (byte == '%') {
			fputs("%%", out);
		} else if (byte < ' ' || byte == 127) {
			fprintf(out, "\\x%02x", byte);
		} else {
			fputc(byte, out);
		}
	}
	fputs(quoted ? "\"" : "", out);
}

static bool boolean(FILE *out, const struct directive *directive, const void *field)
{
	return fputs(*(const bool *)field ? "yes" : "no", out) != EOF;
}

static bool negation(FILE *out, const struct directive *directive, const void *field)
{
	return fputs(*(const bool *)field ? "no" : "yes", out) != EOF;
}

static bool timespan(FILE *out, const struct directive *directive, const void *field)
{
	conf_format_timespan(out, *(const int64_t *)field);
	return true;
}

static bool timeout_abort(FILE *out, const struct directive *directive, const void *field)
{
	return *(const int64_t *)field && timespan(out, directive, field);
}

static bool enumeration(FILE *out, const struct directive *directive, const void *field)
{
	for (const struct enum_name *n = directive->argument; n->name; n++) {
		if (n->value == *(const int *)field) {
			return fputs(n->name, out) != EOF;
		}
	}
	return false;
}

/* A percent sign that is meant has been a specifier. */
static bool text(FILE *out, const struct directive *directive, const void *field)
{
	const char *value = *(const char *const *)field;

	for (const char *at = value; at && *at; at++) {
		fputs(*at == '%' ? "%%" : (const char[]) { *at, '\0' }, out);
	}
	return value != NULL;
}

static bool mode(FILE *out, const struct directive *directive, const void *field)
{
	return fprintf(out, "%04o", (unsigned)*(const mode_t *)field) > 0;
}

static bool count(FILE *out, const struct directive *directive, const void *field)
{
	return fprintf(out, "%lld", (long long)*(const int64_t *)field) > 0;
}

static bool number(FILE *out, const struct directive *directive, const void *field)
{
	int value = *(const int *)field;

	return value != EXEC_UNSET && fprintf(out, "%d", value) > 0;
}

static bool signal_name(FILE *out, const struct directive *directive, const void *field)
{
	int signal = *(const int *)field;

	if (signal >= SIGRTMIN) {
		return fprintf(out, "SIGRTMIN+%d", signal - SIGRTMIN) > 0;
	}
	return signal && fputs(conf_signal_name(signal), out) != EOF;
}

static bool action_exit_status(FILE *out, const struct directive *directive, const void *field)
{
	const struct unit_end *end = field;

	return end->exit_status_set && fprintf(out, "%d", end->exit_status) > 0;
}

static bool exit_statuses(FILE *out, const struct directive *directive, const void *field)
{
	const struct exit_status_set *set = *(const struct exit_status_set *const *)field;
	const char *blank = "";

	for (int code = 0; code < 256; code++) {
		if (exit_status_set_has_code(set, code)) {
			fprintf(out, "%s%d", blank, code);
			blank = " ";
		}
	}
	for (int signal = 1; signal <= 64; signal++) {
		if (exit_status_set_has_signal(set, signal)) {
			fputs(blank, out);
			signal_name(out, directive, &signal);
			blank = " ";
		}
	}
	return *blank;
}

static void limit_side(FILE *out, rlim_t value)
{
	if (value == RLIM_INFINITY) {
		fputs("infinity", out);
	} else {
		fprintf(out, "%llu", (unsigned long long)value);
	}
}

static bool limit(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_limit *limit = *(const struct exec_limit *const *)field;

	if (limit) {
		limit_side(out, limit->limit.rlim_cur);
		fputc(':', out);
		limit_side(out, limit->limit.rlim_max);
	}
	return limit != NULL;
}

static bool strings(FILE *out, const struct directive *directive, const void *field)
{
	const struct conf_strings *list = field;

	for (size_t i = 0; i < list->count; i++) {
		fputs(i ? " " : "", out);
		conf_format_word(out, list->items[i]);
	}
	return list->count > 0;
}

static bool stream(FILE *out, const struct directive *directive, const void *field)
{
	static const char *const words[] = {
		[STREAM_NULL] = "null",
		[STREAM_INHERIT] = "inherit",
		[STREAM_LOG] = "log",
		[STREAM_TTY] = "tty",
		[STREAM_TTY_FORCE] = "tty-force",
		[STREAM_FILE] = "file:",
		[STREAM_APPEND] = "append:",
		[STREAM_TRUNCATE] = "truncate:",
		[STREAM_DATA] = "data",
	};
	const struct exec_stream *stream = field;

	if (stream->kind == STREAM_DEFAULT) {
		return false;
	}
	return fprintf(out, "%s%s", words[stream->kind], stream->path ? stream->path : "") > 0;
}

static void command(FILE *out, const struct exec_command *command)
{
	bool own = command->argv.count && strcmp(command->argv.items[0], command->path) != 0;

	fprintf(out, "%s%s%s%s", own ? "@" : "", command->ignore_failure ? "-" : "",
		command->no_expansion ? ":" : "", command->full_privileges ? "+" : "");
	conf_format_word(out, command->path);
	for (size_t i = own ? 0 : 1; i < command->argv.count; i++) {
		fputc(' ', out);
		conf_format_word(out, command->argv.items[i]);
	}
}

static bool commands(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_command *first = *(const struct exec_command *const *)field;

	for (const struct exec_command *c = first; c; c = c->next) {
		command(out, c);
		fputs(c->next ? " ; " : "", out);
	}
	return first != NULL;
}

/* The list begins with what was read last. */
static void dependency_names(FILE *out, const struct dependency *d, enum dependency_kind kind)
{
	if (!d) {
		return;
	}
	dependency_names(out, d->next, kind);
	if (d->kind == kind) {
		fprintf(out, " %s", d->name);
	}
}

static bool dependencies(FILE *out, const struct directive *directive, const void *field)
{
	const enum dependency_kind *kind = directive->argument;
	char *names = NULL;
	size_t size = 0;
	FILE *buffer = open_memstream(&names, &size);

	if (buffer) {
		dependency_names(buffer, *(const struct dependency *const *)field, *kind);
		fclose(buffer);
	}
	if (size) {
		fputs(names + 1, out);
	}
	free(names);
	return size > 0;
}

static void conditions_of(
	FILE *out, const struct condition *c, const char *kind, const char **blank)
{
	if (!c) {
		return;
	}
	conditions_of(out, c->next, kind, blank);
	if (strcmp(conf_condition_name(c->kind), kind) == 0) {
		fprintf(out, "%s%s%s%s", *blank, c->triggering ? "|" : "", c->negated ? "!" : "",
			c->parameter);
		*blank = " ";
	}
}

static bool conditions(FILE *out, const struct directive *directive, const void *field)
{
	const char *name = directive->name;
	const char *blank = "";

	name += strncmp(name, "Assert", 6) == 0 ? 6 : strlen("Condition");
	conditions_of(out, *(const struct condition *const *)field, name, &blank);
	return *blank;
}

static bool capabilities(FILE *out, const struct directive *directive, const void *field)
{
	uint64_t set = *(const uint64_t *)field;
	const char *blank = "";

	if (set == *(const uint64_t *)directive->argument) {
		return false;
	}
	for (int i = 0; i < 64 && strncmp(conf_capability_name(i), "CAP_", 4) == 0; i++) {
		if (set & (UINT64_C(1) << i)) {
			fprintf(out, "%s%s", blank, conf_capability_name(i));
			blank = " ";
		}
	}
	return true;
}

static bool ready_when(FILE *out, const struct directive *directive, const void *field)
{
	const struct ready_when *ready = *(const struct ready_when *const *)field;

	return ready && fputs(ready->text, out) != EOF;
}

/* --- those that have more than one field ----------------------------------------------------- */

static const struct exec_context *exec_of(const struct directive *directive, const void *field)
{
	const char *base = (const char *)field - directive->offset;

	return &((const struct service_config *)(const void *)base)->exec;
}

static bool nice_level(FILE *out, const struct directive *directive, const void *field)
{
	return exec_of(directive, field)->nice_set && number(out, directive, field);
}

static bool oom_score(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_context *exec = exec_of(directive, field);

	return exec->oom_score_adjust_set && fprintf(out, "%d", exec->oom_score_adjust) > 0;
}

static bool directories(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_context *exec = exec_of(directive, field);
	const struct exec_directory *directory = field;

	for (const struct exec_link *l = exec->directory_links; l; l = l->next) {
		if (directory == &exec->directories[l->kind]) {
			conf_format_word(out, l->name);
			fputc(':', out);
			conf_format_word(out, l->link);
			fputc(' ', out);
		}
	}
	return strings(out, directive, &directory->names);
}

static bool processors(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_context *exec = exec_of(directive, field);
	const char *blank = "";

	for (size_t i = 0; exec->cpu_affinity && i < CPU_SETSIZE; i++) {
		if (CPU_ISSET(i, exec->cpu_affinity)) {
			fprintf(out, "%s%zu", blank, i);
			blank = " ";
		}
	}
	return *blank;
}

static bool sigpipe(FILE *out, const struct directive *directive, const void *field)
{
	enum sigpipe_choice choice = exec_of(directive, field)->ignore_sigpipe;

	return choice != SIGPIPE_AS_RECEIVED &&
	       fputs(choice == SIGPIPE_IGNORED ? "yes" : "no", out) != EOF;
}

static bool working_directory(FILE *out, const struct directive *directive, const void *field)
{
	const struct exec_context *exec = exec_of(directive, field);

	return exec->working_directory &&
	       fprintf(out, "%s%s", exec->working_directory_optional ? "-" : "",
		       exec->working_directory) > 0;
}

static const struct {
	directive_parser *parse;
	formatter *format;
} formatters[] = {
	{ parse_boolean, boolean },
	{ parse_negation, negation },
	{ parse_timespan, timespan },
	{ parse_timeout_start, timespan },
	{ parse_timeout_stop, timespan },
	{ parse_timeout_abort, timeout_abort },
	{ parse_runtime_max, timespan },
	{ parse_watchdog, timespan },
	{ parse_ready_when, ready_when },
	{ parse_enum, enumeration },
	{ parse_string, text },
	{ parse_main, text },
	{ parse_path, text },
	{ parse_pid_file, text },
	{ parse_strings, strings },
	{ parse_unit_path, strings },
	{ parse_directories, directories },
	{ parse_environment, strings },
	{ parse_environment_file, strings },
	{ parse_mode, mode },
	{ parse_count, count },
	{ parse_signal, signal_name },
	{ parse_action_exit_status, action_exit_status },
	{ parse_exit_status_set, exit_statuses },
	{ parse_limit, limit },
	{ parse_nice, nice_level },
	{ parse_oom_score_adjust, oom_score },
	{ parse_number, number },
	{ parse_cpu_affinity, processors },
	{ parse_capabilities, capabilities },
	{ parse_sigpipe, sigpipe },
	{ parse_stream, stream },
	{ parse_exec, commands },
	{ parse_working_directory, working_directory },
	{ parse_dependency, dependencies },
	{ parse_condition, conditions },
	{ parse_search_path, format_search_path },
	{ parse_input_text, format_input_text },
	{ parse_input_data, format_input_data },
	{ parse_timer_slack, format_timer_slack },
	{ parse_coredump_filter, format_coredump_filter },
	{ parse_secure_bits, format_secure_bits },
	{ parse_personality, format_personality },
	{ parse_tty_size, format_tty_size },
};

bool conf_format(FILE *out, const struct directive *directive, const void *base)
{
	for (size_t i = 0; i < COUNT(formatters); i++) {
		if (formatters[i].parse == directive->parse) {
			return formatters[i].format(
				out, directive, (const char *)base + directive->offset);
		}
	}
	return false;
}
