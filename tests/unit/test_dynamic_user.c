/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <string.h>

#include "conf/load.h"
#include "tests/unit/expect.h"

static struct conf_set set;

static void finish(void)
{
	conf_set_finish(&set);
}

TestSuite(dynamic_user, .fini = finish);

static void load(const char *text)
{
	struct conf_problems problems = { 0 };

	conf_load_text("f", text, strlen(text), &set, &problems);
	conf_check(&set, &problems);
	cr_assert(eq(sz, problems.count, 0));
	conf_problems_finish(&problems);
}

Test(dynamic_user, has_a_number_of_its_own)
{
	load("[service:a]\nExecStart=x\nDynamicUser=yes\n"
	     "[service:b]\nExecStart=x\nDynamicUser=yes\nUser=a\nNoNewPrivileges=no\n"
	     "[service:c@1]\nExecStart=x\nDynamicUser=yes\n[service:d]\nExecStart=x\n");
	const struct exec_context *a = &set.services[0]->exec, *b = &set.services[1]->exec;

	expect_text(a->user, "a");
	cr_expect(ge(uint, a->dynamic_id, 61184));
	cr_expect(le(uint, a->dynamic_id, 65519));
	cr_expect(eq(uint, a->dynamic_id, b->dynamic_id));
	cr_expect(b->no_new_privileges);
	expect_text(set.services[2]->exec.user, "c");
	cr_expect(eq(uint, set.services[3]->exec.dynamic_id, 0));
	cr_expect(eq(ptr, (void *)(uintptr_t)set.services[3]->exec.user, NULL));
}

/* The range has fewer numbers than there are names. */
Test(dynamic_user, shares_its_number_with_no_other)
{
	static char text[300 * 64];
	size_t used = 0;

	for (int i = 0; i < 300; i++) {
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			"[service:u%d]\nExecStart=x\nDynamicUser=yes\n", i);
	}
	load(text);
	for (size_t i = 0; i < set.count; i++) {
		for (size_t j = 0; j < i; j++) {
			cr_assert(ne(uint, set.services[i]->exec.dynamic_id,
				set.services[j]->exec.dynamic_id));
		}
	}
}
