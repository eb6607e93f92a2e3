/* SPDX-License-Identifier: MIT */
#include "conf/show.h"

#include <stdlib.h>
#include <string.h>

#include "conf/format.h"
#include "conf/json.h"

/* The value as text, or NULL if there is none; the caller frees it. */
static char *value_of(const struct directive *directive, const void *base)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool any = out && conf_format(out, directive, base);

	if (out && fclose(out) == 0 && any) {
		return text;
	}
	free(text);
	return NULL;
}

/* Goes on where `index` is; NULL at the end. Keys that say the same again are left out. */
static const struct directive *next_directive(const char *section, size_t *index)
{
	const struct directive *directive;

	while ((directive = directive_at((*index)++))) {
		bool of_init = strcmp(directive->section, "init") == 0;
		bool is_alias = strcmp(directive->name, "StartLimitInterval") == 0 ||
				strcmp(directive->name, "BindTo") == 0;
		bool is_legacy = strcmp(directive->section, "Service") == 0 &&
				 directive_find("Unit", directive->name);

		if (of_init == (strcmp(section, "init") == 0) && !is_alias && !is_legacy) {
			return directive;
		}
	}
	return NULL;
}

/* --- text ------------------------------------------------------------------------------------ */

static void print_origins(const struct conf_origins *origins, size_t first, size_t count, FILE *out)
{
	fputs(count ? "  # " : "  # default", out);
	for (size_t i = 0; i < count; i++) {
		const struct conf_place *place = &conf_origins_at(origins, first + i)->place;

		fprintf(out, "%s%s:%u", i ? ", " : "", place->file, place->line);
	}
	fputc('\n', out);
}

static void show_section(const struct conf_origins *origins, const struct service_config *service,
	const void *base, FILE *out)
{
	const struct directive *directive;
	size_t index = 0;

	while ((directive = next_directive(service ? "service" : "init", &index))) {
		size_t first = 0;
		char *value = value_of(directive, base);

		if (value) {
			size_t count = conf_origins_find(origins, service, directive, &first);

			fprintf(out, "%s=%s", directive->name, value);
			print_origins(origins, first, count, out);
		}
		free(value);
	}
}

void conf_show(const struct conf_set *set, const struct conf_origins *origins, FILE *out)
{
	fputs("[init]\n", out);
	show_section(origins, NULL, &set->init, out);
	for (size_t i = 0; i < set->count; i++) {
		fprintf(out, "\n[service:%s]\n", set->services[i]->name);
		show_section(origins, set->services[i], set->services[i], out);
	}
}

/* --- JSON ------------------------------------------------------------------------------------ */

static void json_origins(const struct conf_origins *origins, size_t first, size_t count, FILE *out)
{
	for (size_t i = 0; i < count; i++) {
		const struct conf_place *place = &conf_origins_at(origins, first + i)->place;

		fputs(i ? ", {\"file\": " : "{\"file\": ", out);
		conf_json_string(out, place->file);
		fprintf(out, ", \"line\": %u}", place->line);
	}
}

static void json_section(const struct conf_origins *origins, const struct service_config *service,
	const void *base, FILE *out)
{
	const struct directive *directive;
	const char *comma = "";
	size_t index = 0;

	while ((directive = next_directive(service ? "service" : "init", &index))) {
		size_t first = 0;
		char *value = value_of(directive, base);

		if (value) {
			size_t count = conf_origins_find(origins, service, directive, &first);

			fprintf(out, "%s\n  \"%s\": {\"value\": ", comma, directive->name);
			conf_json_string(out, value);
			fputs(", \"origins\": [", out);
			json_origins(origins, first, count, out);
			fputs("]}", out);
			comma = ",";
		}
		free(value);
	}
}

void conf_show_json(const struct conf_set *set, const struct conf_origins *origins, FILE *out)
{
	fputs("{\"init\": {", out);
	json_section(origins, NULL, &set->init, out);
	fputs("},\n \"services\": {", out);
	for (size_t i = 0; i < set->count; i++) {
		fputs(i ? ",\n " : "\n ", out);
		conf_json_string(out, set->services[i]->name);
		fputs(": {", out);
		json_section(origins, set->services[i], set->services[i], out);
		fputc('}', out);
	}
	fputs("}}\n", out);
}

/* --- dot ------------------------------------------------------------------------------------- */

static const struct {
	const char *label; /* NULL: the order, which is what a line without one means */
	const char *color;
	bool reversed;
} edges[] = {
	[DEPENDENCY_AFTER] = { NULL, "green", false },
	[DEPENDENCY_BEFORE] = { NULL, "green", true },
	[DEPENDENCY_WANTS] = { "Wants", "grey66", false },
	[DEPENDENCY_REQUIRES] = { "Requires", "black", false },
	[DEPENDENCY_BINDS_TO] = { "BindsTo", "gold", false },
	[DEPENDENCY_PART_OF] = { "PartOf", "blue", false },
	[DEPENDENCY_CONFLICTS] = { "Conflicts", "red", false },
	[DEPENDENCY_REQUISITE] = { "Requisite", "black", false },
	[DEPENDENCY_PROPAGATES_STOP_TO] = { "StopPropagatedFrom", "blue", true },
	[DEPENDENCY_STOP_PROPAGATED_FROM] = { "StopPropagatedFrom", "blue", false },
};

static void print_edge(const char *from, const char *to, const struct dependency *d, FILE *out)
{
	bool reversed = edges[d->kind].reversed;

	fprintf(out, "\t\"%s\"->\"%s\" [color=\"%s\"", reversed ? to : from, reversed ? from : to,
		edges[d->kind].color);
	if (edges[d->kind].label) {
		fprintf(out, ", style=\"dashed\", label=\"%s\"", edges[d->kind].label);
	}
	fputs("];\n", out);
}

static void print_edges(
	const struct conf_set *set, const char *name, const struct dependency *d, FILE *out)
{
	if (!d) {
		return;
	}
	print_edges(set, name, d->next, out);
	ssize_t other = conf_set_find(set, d->name);
	if (other >= 0) {
		print_edge(name, set->services[other]->name, d, out);
	}
}

/* A name has no quotes, and its backslashes mean nothing to dot before letters but x. */
void conf_show_graph(const struct conf_set *set, FILE *out)
{
	fputs("digraph berth {\n", out);
	for (size_t i = 0; i < set->count; i++) {
		const struct service_config *service = set->services[i];
		bool is_main = set->init.main && conf_set_find(set, set->init.main) == (ssize_t)i;

		fprintf(out, "\t\"%s\"%s;\n", service->name, is_main ? " [penwidth=2]" : "");
		print_edges(set, service->name, service->dependencies, out);
	}
	fputs("}\n", out);
}
