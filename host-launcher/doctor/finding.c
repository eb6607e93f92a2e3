/* SPDX-License-Identifier: MIT */
#include "host-launcher/doctor/finding.h"

#include <stdlib.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/report_text.h"
#include "host-launcher/base/words.h"

void finding_add(struct finding_list *list, struct finding finding)
{
	list->items = alloc_resize(list->items, list->count + 1, sizeof(*list->items));
	list->items[list->count++] = finding;
}

const char *finding_grade_name(enum finding_grade grade)
{
	switch (grade) {
	case FINDING_FINE:
		return "fine";
	case FINDING_NOTE:
		return "note";
	case FINDING_WARNING:
		return "warning";
	case FINDING_ERROR:
		return "error";
	}
	return "";
}

int finding_list_code(const struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list->items[i].grade == FINDING_ERROR) {
			return list->items[i].code;
		}
	}
	return 0;
}

size_t finding_list_count(const struct finding_list *list, enum finding_grade grade)
{
	size_t count = 0;
	for (size_t i = 0; i < list->count; i++) {
		count += list->items[i].grade == grade;
	}
	return count;
}

json_t *finding_list_to_json(const struct finding_list *list)
{
	json_t *array = json_array();
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = &list->items[i];
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:o, s:o, s:o}", "topic", finding->topic,
				       "grade", finding_grade_name(finding->grade), "found",
				       report_text_to_json(finding->found), "means",
				       report_text_to_json(finding->means), "todo",
				       report_text_to_json(finding->todo)));
	}
	return json_pack("{s:i, s:o}", "exit_code", finding_list_code(list), "findings", array);
}

static void print_below(FILE *out, const char *label, const char *words)
{
	if (words) {
		autofree char *copy = alloc_copy(words);
		text_make_harmless(copy);
		fprintf(out, "%24s%s: %s\n", "", label, copy);
	}
}

void finding_list_print(const struct finding_list *list, FILE *out)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct finding *finding = &list->items[i];
		autofree char *found = alloc_copy(finding->found);
		text_make_harmless(found);
		fprintf(out, "%-8s %-14s %s\n", finding_grade_name(finding->grade), finding->topic,
			found);
		print_below(out, "means", finding->means);
		print_below(out, "do", finding->todo);
	}
}

void finding_list_finish(struct finding_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		free(list->items[i].found);
		free(list->items[i].means);
		free(list->items[i].todo);
	}
	free(list->items);
	*list = (struct finding_list) { 0 };
}
