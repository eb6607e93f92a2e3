/* SPDX-License-Identifier: MIT */
/* The parsers of what the kernel is told of a process: processors, priorities, capabilities. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"
#include "conf/value.h"

static void *field_of(const struct directive_context *context, const struct directive *directive)
{
	return (char *)context->service + directive->offset;
}

int parse_number(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const struct value_range *range = directive->argument;
	int64_t number;
	int r = conf_parse_integer(value, range->minimum, range->maximum, &number);

	if (r < 0) {
		return directive_complain(context, "%s=%s: %s, expected %s", directive->name, value,
			r == -ERANGE ? "out of range" : "not understood", directive->doc);
	}
	*(int *)field_of(context, directive) = (int)number;
	return 0;
}

/* An empty value takes back all that was given before. */
int parse_cpu_affinity(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	struct exec_context *exec = &context->service->exec;
	cpu_set_t more;

	if (!*value) {
		exec->cpu_affinity = NULL;
		return 0;
	}
	int r = conf_parse_cpu_list(value, &more);
	if (r < 0) {
		return directive_complain(context, "%s=%s: %s, expected %s", directive->name, value,
			r == -ERANGE ? "out of range" : "not understood", directive->doc);
	}
	if (!exec->cpu_affinity) {
		exec->cpu_affinity =
			conf_arena_alloc(&context->set->arena, sizeof(*exec->cpu_affinity));
	}
	if (!exec->cpu_affinity) {
		return -ENOMEM;
	}
	CPU_OR(exec->cpu_affinity, exec->cpu_affinity, &more);
	return 0;
}

static int sum_capabilities(const struct directive_context *context,
	const struct directive *directive, const char *value, uint64_t *ret_sum)
{
	char *word = NULL;
	uint64_t sum = 0;
	int r;

	while ((r = directive_next_word(context, directive, &value, &word, NULL)) > 0) {
		int capability;

		if (conf_parse_capability(word, &capability) < 0) {
			const char *nearest = conf_nearest_capability(word);

			return directive_complain(context, "%s=: unknown capability %s%s%s%s",
				directive->name, word, nearest ? ", did you mean " : "",
				nearest ? nearest : "", nearest ? "?" : "");
		}
		sum |= UINT64_C(1) << capability;
	}
	if (r < 0) {
		return r;
	}
	*ret_sum = sum;
	return r;
}

/* systemd.exec(5): the first line replaces the default, later ones add or, with `~`, take away; an
 * empty list or `~` alone starts afresh with nothing or everything. */
int parse_capabilities(const struct directive_context *context, const struct directive *directive,
	const char *value)
{
	const uint64_t *initial = directive->argument;
	uint64_t *field = field_of(context, directive);
	bool inverted = *value == '~';
	uint64_t sum = 0;
	int r = sum_capabilities(context, directive, value + inverted, &sum);

	if (r < 0) {
		return r;
	}
	if (sum == 0 || *field == *initial) {
		*field = inverted ? ~sum : sum;
	} else if (inverted) {
		*field &= ~sum;
	} else {
		*field |= sum;
	}
	return 0;
}
