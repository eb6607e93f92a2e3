/* SPDX-License-Identifier: MIT */
/* Prints the table of directives as it stands in berth-init.ini(5), in the language of scdoc(5). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/directives.h"

enum {
	DIRECTIVES_MAX = 1024,
};

static const char *const words[] = {
	[DIRECTIVE_HONOURED] = "honoured",
	[DIRECTIVE_ACCEPTED] = "accepted",
	[DIRECTIVE_REFUSED] = "refused",
};

static int compare(const void *a, const void *b)
{
	const struct directive *const *left = a;
	const struct directive *const *right = b;
	int order = strcmp((*left)->name, (*right)->name);

	return order ? order : strcmp((*left)->section, (*right)->section);
}

static void print(const struct directive *directive)
{
	enum directive_status status = directive_status(directive);
	bool of_service = strcmp(directive->section, "Service") == 0;

	printf("|  *%s=*%s%s%s\n:  %s%s%s\n", directive->name, of_service ? "" : " [",
		of_service ? "" : directive->section, of_service ? "" : "]", words[status],
		status == DIRECTIVE_HONOURED ? "" : ": ",
		status == DIRECTIVE_HONOURED ? "" : directive->doc);
}

int main(void)
{
	const struct directive *directives[DIRECTIVES_MAX];
	const struct directive *directive;
	size_t count = 0;

	for (size_t i = 0; count < DIRECTIVES_MAX && (directive = directive_at(i)); i++) {
		directives[count++] = directive;
	}
	qsort(directives, count, sizeof(const struct directive *), compare);
	puts("|[ Key\n:< Status");
	for (size_t i = 0; i < count; i++) {
		print(directives[i]);
	}
	return ferror(stdout) || fflush(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
