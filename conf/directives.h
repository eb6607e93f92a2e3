/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The vocabulary: one table of all directives, from which the parser, the hints for unknown
 * names and the man page's list come.
 */

#include "conf/service_config.h"

/* Where a value stands and what it may touch. */
struct directive_context {
	struct conf_set *set;
	struct service_config *service; /* NULL in [init] */
	struct conf_problems *problems;
	struct conf_place place;
	bool imported; /* from a packaged unit: what cannot be honoured is a warning */
	enum conf_severity severity; /* of a value that is wrong; directive_parse() sets it */
};

enum directive_status {
	DIRECTIVE_HONOURED,
	DIRECTIVE_ACCEPTED, /* it has no effect here */
	DIRECTIVE_REFUSED,  /* it cannot be honoured */
};

struct directive {
	const char *section; /* systemd's section, or "init" */
	const char *name;
	/* Parses `value` into the field at `offset`; reports what is wrong with it. Returns 0,
	 * -EINVAL after a reported problem, or -ENOMEM. NULL: the directive cannot be honoured. */
	int (*parse)(const struct directive_context *context, const struct directive *directive,
		const char *value);
	size_t offset;        /* within struct service_config or struct init_config */
	const void *argument; /* of the parser: a table of names, a flag */
	const char *doc;      /* what is expected, for messages; or why it is not honoured */
};

/* The table, one by one: `index` counts from 0; NULL behind the last. */
const struct directive *directive_at(size_t index);

enum directive_status directive_status(const struct directive *directive);

/* Whether a second value adds to the first; else it takes its place. */
bool directive_is_list(const struct directive *directive);

/* The directive `name` of `section`; a NULL section stands for all of a service's. */
const struct directive *directive_find(const char *section, const char *name);

/* The nearest known name, or NULL. */
const char *directive_nearest(const char *section, const char *name);

/* Parses one value by its directive, which must have a parser. Returns as directive->parse. In a
 * packaged unit a wrong value is a warning and ignored, as in systemd, unless the service would
 * then run as somebody else, somewhere else, or run something else. */
int directive_parse(const struct directive_context *context, const struct directive *directive,
	const char *value);

/* The parsers, for the table. */
typedef int directive_parser(const struct directive_context *context,
	const struct directive *directive, const char *value);

directive_parser parse_accepted;
directive_parser parse_boolean;
directive_parser parse_negation;
directive_parser parse_timespan;
directive_parser parse_timeout_start;
directive_parser parse_timeout_stop;
directive_parser parse_timeout_abort;
directive_parser parse_timeout_both;
directive_parser parse_output_timeout;
directive_parser parse_runtime_max;
directive_parser parse_watchdog;
directive_parser parse_ready_when;
directive_parser parse_enum;
directive_parser parse_string;
directive_parser parse_pid_file;
directive_parser parse_strings;
directive_parser parse_mode;
directive_parser parse_count;
directive_parser parse_signal;
directive_parser parse_action_exit_status;
directive_parser parse_exit_status_set;
directive_parser parse_limit;
directive_parser parse_nice;
directive_parser parse_oom_score_adjust;
directive_parser parse_number;
directive_parser parse_cpu_affinity;
directive_parser parse_capabilities;
directive_parser parse_path;
directive_parser parse_sigpipe;
directive_parser parse_stream;
directive_parser parse_exec;
directive_parser parse_environment;
directive_parser parse_environment_file;
directive_parser parse_pass_environment;
directive_parser parse_working_directory;
directive_parser parse_directories;
directive_parser parse_dependency;
directive_parser parse_condition;
directive_parser parse_search_path;
directive_parser parse_input_text;
directive_parser parse_input_data;
directive_parser parse_timer_slack;
directive_parser parse_coredump_filter;
directive_parser parse_secure_bits;
directive_parser parse_personality;
directive_parser parse_tty_size;
directive_parser parse_main;
directive_parser parse_unit_path;
directive_parser parse_install;
directive_parser parse_default_instance;

/* A name for an enum's value; tables of them end with a NULL name. */
struct enum_name {
	const char *name;
	int value;
};

/* The service's exec_extras, which the parser's directive needs; NULL without memory. */
struct exec_extras *directive_extras(const struct directive_context *context);

/* The names of CoredumpFilter= by the number of their bit, of SecureBits= by their value, of
 * Personality= as personality(2) has them. */
extern const struct enum_name directives_coredump_filters[];
extern const struct enum_name directives_secure_bits[];
extern const struct enum_name directives_personalities[];

/* The bounds of parse_number. */
struct value_range {
	int minimum;
	int maximum;
};

/* Expands the % specifiers of systemd.unit(5) in `text`, into the set's arena. Returns 0, -EINVAL
 * after a reported problem, or -ENOMEM. */
int directive_expand(const struct directive_context *context, const char *text, char **ret_text);

/* Parses one command line that stands in another value than Exec*=. Returns as directive->parse. */
int directive_parse_command(const struct directive_context *context,
	const struct directive *directive, const char *value, struct exec_command **ret_command);

/* conf_next_word() with its problems told; a backslash that means nothing is a warning. */
int directive_next_word(const struct directive_context *context, const struct directive *directive,
	const char **rest, char **ret_word, bool *ret_quoted);

/* Records a problem at the context's place. Returns -EINVAL. */
int directive_complain(const struct directive_context *context, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
