/* SPDX-License-Identifier: MIT */
/* The table of all directives: in order, and complete by systemd's own word. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "conf/directives.h"
#include "tests/unit/expect.h"

#define SYSTEMD "/usr/lib/x86_64-linux-gnu/systemd/libsystemd-core-252.so"

Test(directives, each_is_found_by_its_section_and_name)
{
	const struct directive *directive;
	size_t count = 0;

	for (; (directive = directive_at(count)); count++) {
		cr_expect(eq(ptr,
				  (void *)(uintptr_t)directive_find(
					  directive->section, directive->name),
				  (void *)(uintptr_t)directive),
			"%s.%s", directive->section, directive->name);
	}
	cr_expect(gt(sz, count, 350));
}

Test(directives, what_is_not_honoured_has_a_reason)
{
	const struct directive *directive;

	for (size_t i = 0; (directive = directive_at(i)); i++) {
		cr_expect(directive_status(directive) == DIRECTIVE_HONOURED || *directive->doc,
			"%s", directive->name);
	}
}

Test(directives, have_one_of_three_states)
{
	cr_expect(eq(
		int, (int)directive_status(directive_find("Unit", "After")), DIRECTIVE_HONOURED));
	cr_expect(eq(int, (int)directive_status(directive_find("Unit", "Documentation")),
		DIRECTIVE_ACCEPTED));
	cr_expect(eq(int, (int)directive_status(directive_find("Service", "ProtectSystem")),
		DIRECTIVE_REFUSED));
	cr_expect(eq(ptr, (void *)(uintptr_t)directive_find("Service", "After"), NULL));
	cr_expect(eq(ptr, (void *)(uintptr_t)directive_find("Service", "Aftar"), NULL));
	cr_expect(directive_is_list(directive_find("Service", "ExecStart")));
	cr_expect(not(directive_is_list(directive_find("Service", "User"))));
}

/* Looks for one of "Unit.", "Service." and "Install." behind a NUL: so systemd's table has its
 * names. Returns how many there were. */
static size_t compare_names(const char *library, size_t size)
{
	static const char *const sections[] = { "Unit", "Service", "Install" };
	size_t count = 0;

	for (size_t i = 0; i < 3; i++) {
		size_t length = strlen(sections[i]);

		for (const char *at = library;
			(at = memmem(at, (size_t)(library + size - at), sections[i], length));
			at += length) {
			const char *name = at + length + 1;
			size_t letters = strspn(name,
				"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

			if (at[-1] == '\0' && name[-1] == '.' && letters && !name[letters]) {
				cr_expect(directive_find(sections[i], name) != NULL,
					"[%s] %s= is missing", sections[i], name);
				count++;
			}
		}
	}
	return count;
}

Test(directives, none_that_systemd_takes_is_missing)
{
	struct stat status;
	FILE *in = fopen(SYSTEMD, "re");

	if (!in) {
		cr_skip_test("there is no " SYSTEMD);
	}
	cr_assert(eq(int, fstat(fileno(in), &status), 0));
	char *library = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fileno(in), 0);
	cr_assert(library != MAP_FAILED);
	cr_expect(gt(sz, compare_names(library, (size_t)status.st_size - 256), 300));
	munmap(library, (size_t)status.st_size);
	fclose(in);
}
