/* SPDX-License-Identifier: MIT */
#include "conf/report.h"

#include <string.h>

#include "conf/json.h"

enum {
	NAMED = 4, /* of the keys that are not honoured */
};

/* The problems of one reading of a file lie together. */
struct run {
	const struct conf_problem *items;
	size_t count;
	size_t unhonoured;
};

static struct run next_run(const struct conf_problems *problems, size_t first)
{
	struct run run = { .items = problems->items + first };

	for (size_t i = first; i < problems->count; i++) {
		const struct conf_problem *problem = &problems->items[i];

		if (strcmp(problem->file, run.items->file) != 0) {
			break;
		}
		run.count++;
		run.unhonoured += problem->severity == CONF_UNHONOURED;
	}
	return run;
}

static size_t key_length(const struct conf_problem *problem)
{
	return strcspn(problem->text, " ");
}

/* Whether an earlier one is of the same key. */
static bool is_repeated(const struct run *run, size_t index)
{
	size_t length = key_length(&run->items[index]);

	for (size_t i = 0; i < index; i++) {
		if (run->items[i].severity == CONF_UNHONOURED &&
			key_length(&run->items[i]) == length &&
			strncmp(run->items[i].text, run->items[index].text, length) == 0) {
			return true;
		}
	}
	return false;
}

static void print_sum(const struct run *run, FILE *out)
{
	size_t keys = 0;

	fprintf(out, "%s: warning: %zu lines are not honoured: ", run->items->file,
		run->unhonoured);
	for (size_t i = 0; i < run->count; i++) {
		const struct conf_problem *problem = &run->items[i];

		if (problem->severity != CONF_UNHONOURED || is_repeated(run, i)) {
			continue;
		}
		if (++keys <= NAMED) {
			fprintf(out, "%s%.*s", keys > 1 ? ", " : "", (int)key_length(problem),
				problem->text);
		}
	}
	if (keys > NAMED) {
		fprintf(out, " and %zu more", keys - NAMED);
	}
	fputs("; berth-init check tells why\n", out);
}

static void print_run(const struct run *run, FILE *out)
{
	bool summed = false;

	for (size_t i = 0; i < run->count; i++) {
		bool sum = run->items[i].severity == CONF_UNHONOURED && run->unhonoured > 1;

		if (!sum) {
			conf_problem_print(&run->items[i], out);
		} else if (!summed) {
			print_sum(run, out);
			summed = true;
		}
	}
}

void conf_problems_print_brief(const struct conf_problems *problems, FILE *out)
{
	for (size_t i = 0; i < problems->count;) {
		struct run run = next_run(problems, i);

		print_run(&run, out);
		i += run.count;
	}
	conf_problems_print_dropped(problems, out);
}

static void print_number(FILE *out, const char *key, unsigned number)
{
	if (number) {
		fprintf(out, ", \"%s\": %u", key, number);
	} else {
		fprintf(out, ", \"%s\": null", key);
	}
}

void conf_problems_print_json(const struct conf_problems *problems, FILE *out)
{
	fputc('[', out);
	for (size_t i = 0; i < problems->count; i++) {
		const struct conf_problem *problem = &problems->items[i];

		fputs(i ? ",\n {\"file\": " : "\n {\"file\": ", out);
		conf_json_string(out, problem->file);
		print_number(out, "line", problem->line);
		print_number(out, "column", problem->column);
		fprintf(out, ", \"severity\": \"%s\", \"text\": ",
			problem->severity == CONF_ERROR ? "error" : "warning");
		conf_json_string(out, problem->text);
		fputc('}', out);
	}
	fputs(problems->count ? "\n]\n" : "]\n", out);
}
