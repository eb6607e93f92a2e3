/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/doctor_command.h"

#include "host-launcher/doctor/doctor.h"
#include "host-launcher/doctor/doctor_gather.h"

static void print(const struct options *options, const struct finding_list *list)
{
	if (options->json) {
		json_auto_t *object = finding_list_to_json(list);
		json_dumpf(object, stdout, JSON_INDENT(2));
		putchar('\n');
		return;
	}
	size_t errors = finding_list_count(list, FINDING_ERROR);
	size_t warnings = finding_list_count(list, FINDING_WARNING);
	finding_list_print(list, stdout);
	printf("%zu error%s, %zu warning%s: %s\n", errors, errors == 1 ? "" : "s", warnings,
		warnings == 1 ? "" : "s",
		errors ? "no build works before the errors are mended" : "builds can be done");
}

int doctor_command(const struct options *options, struct failure *failure)
{
	struct doctor_facts facts = { 0 };
	struct finding_list list = { 0 };
	int rc = doctor_gather_engine(options, &facts, failure);
	if (rc == 0) {
		doctor_gather_machine(options, &facts);
		doctor_judge(&facts, &list);
		print(options, &list);
		rc = finding_list_code(&list);
	}
	finding_list_finish(&list);
	doctor_facts_finish(&facts);
	return rc;
}
