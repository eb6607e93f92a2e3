/* SPDX-License-Identifier: MIT */
/* UnitPath=: which units of a folder are started, in which order, and what is told of the others.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/load.h"
#include "tests/unit/expect.h"
#include "tests/unit/scratch.h"

static struct conf_set set;

static void finish(void)
{
	scratch_finish();
	conf_set_finish(&set);
}

TestSuite(unit_pull, .init = scratch_make, .fini = finish);

/* Cuts every "/tmp/...scratch.../" out of the text. */
static void cut_scratch(char *text)
{
	char *at;

	while ((at = strstr(text, scratch))) {
		const char *rest = at + strlen(scratch) + 1;

		memmove(at, rest, strlen(rest) + 1);
	}
}

/* Loads the INI text with UnitPath= the folder `u`; `started` are the names in their order. */
static void load(const char *ini, const char *started, const char *expected)
{
	struct conf_problems problems = { 0 };
	char text[2048], names[2048] = "";
	char *printed;
	size_t size;

	scratch_path("u/x");
	snprintf(text, sizeof(text), "[init]\nUnitPath=%s/u\n%s", scratch, ini);
	conf_load_text("f", text, strlen(text), &set, &problems);
	cr_expect(eq(int, conf_load_units(&set, &problems), 0));
	conf_check(&set, &problems);
	for (size_t i = 0; i < set.count; i++) {
		strcat(strcat(names, i ? " " : ""), set.services[i]->name);
	}
	expect_text(names, started);
	FILE *out = open_memstream(&printed, &size);
	conf_problems_print(&problems, out);
	fclose(out);
	cut_scratch(printed);
	expect_text(printed, expected);
	free(printed);
	conf_problems_finish(&problems);
}

static bool has(const char *service, enum dependency_kind kind, const char *name)
{
	ssize_t index = conf_set_find(&set, service);

	cr_assert(index >= 0, "%s", service);
	const struct dependency *d = set.services[index]->dependencies;
	while (d && (d->kind != kind || strcmp(d->name, name) != 0)) {
		d = d->next;
	}
	return d != NULL;
}

#define RUN     "[Service]\nExecStart=/bin/true\n"
#define ENABLED RUN "[Install]\nWantedBy=multi-user.target\n"

Test(unit_pull, what_is_wanted_by_a_target_is_started_and_the_rest_is_not)
{
	scratch_write("u/bx-on.service", ENABLED);
	scratch_write("u/bx-off.service", RUN);
	scratch_write("u/bx-README", "nothing");
	load("", "bx-on", "");
}

Test(unit_pull, what_is_started_pulls_in_what_it_wants)
{
	scratch_write("u/bx-a.service",
		"[Unit]\nWants=bx-b.service\nRequires=bx-c.service\nAfter=bx-d.service\n" ENABLED);
	scratch_write("u/bx-b.service", "[Unit]\nBindsTo=bx-e.service\nWants=bx-a.service\n" RUN);
	scratch_write("u/bx-c.service", RUN);
	scratch_write("u/bx-d.service", RUN);
	scratch_write("u/bx-e.service", RUN);
	load("", "bx-a bx-c bx-b bx-e", "");
}

Test(unit_pull, links_enable_units_and_instances)
{
	scratch_write("u/bx-a.service", RUN);
	scratch_write("u/bx-t@.service", "[Unit]\nDescription=%i\n" RUN);
	scratch_link("u/multi-user.target.wants/bx-t@one.service", "../bx-t@.service");
	scratch_link("u/bx-t@one.service.requires/bx-a.service", "../bx-a.service");
	load("", "bx-t@one bx-a", "");
	expect_text(set.services[0]->description, "one");
	cr_expect(has("bx-t@one", DEPENDENCY_REQUIRES, "bx-a.service"));
}

Test(unit_pull, a_template_has_its_default_instance)
{
	scratch_write("u/bx-t@.service", ENABLED "DefaultInstance=main\n");
	scratch_write("u/bx-u@.service", ENABLED);
	load("", "bx-t@main", "");
}

Test(unit_pull, install_may_name_a_service)
{
	scratch_write("u/bx-a.service", ENABLED);
	scratch_write("u/bx-b.service", RUN "[Install]\nRequiredBy=bx-a.service\n");
	scratch_write("u/bx-c.service", RUN "[Install]\nWantedBy=bx-off.service\n");
	scratch_write("u/bx-off.service", RUN);
	load("", "bx-a bx-b",
		"u/bx-c.service: warning: is not started, for nothing starts bx-off.service\n");
	cr_expect(has("bx-a", DEPENDENCY_REQUIRES, "bx-b.service"));
}

Test(unit_pull, masked_units_and_masked_drop_ins_are_not_there)
{
	scratch_write("u/bx-a.service", "[Unit]\nWants=bx-b.service\n" ENABLED);
	scratch_link("u/bx-b.service", "/dev/null");
	scratch_write("u/bx-c.service", ENABLED);
	scratch_write("u/bx-c.service.d/off.conf", "[Install]\nWantedBy=\n");
	load("", "bx-a", "");
}

Test(unit_pull, other_units_are_named_if_they_would_be_started)
{
	scratch_write(
		"u/bx-a.timer", "[Timer]\nOnCalendar=daily\n[Install]\nWantedBy=timers.target\n");
	scratch_write("u/bx-b.socket", "[Socket]\nListenStream=1\n");
	scratch_write("u/bx-c.service", "[Unit]\nWants=bx-b.socket\n" ENABLED);
	scratch_write("u/bx-d.path", "[Path]\nPathExists=/x\n");
	load("", "bx-c",
		"u/bx-a.timer: warning: is not honoured, only services are\n"
		"u/bx-b.socket: warning: is not honoured, only services are\n");
}

Test(unit_pull, targets_of_the_folder_group_services)
{
	scratch_write("u/bx-group.target",
		"[Unit]\nWants=bx-a.service\n[Install]\nWantedBy=multi-user.target\n");
	scratch_write("u/bx-a.service", RUN);
	scratch_write("u/bx-b.service", RUN "[Install]\nWantedBy=bx-group.target\n");
	scratch_write("u/bx-c.service", "[Unit]\nAfter=bx-group.target\n" ENABLED);
	scratch_write("u/bx-d.service", RUN "[Install]\nWantedBy=sleep.target\n");
	load("", "bx-c bx-a bx-b",
		"u/bx-d.service: warning: is not started, for nothing starts sleep.target\n");
	cr_expect(has("bx-c", DEPENDENCY_AFTER, "bx-a"));
	cr_expect(has("bx-c", DEPENDENCY_AFTER, "bx-b"));
}

Test(unit_pull, a_service_may_come_after_the_target_that_wants_it)
{
	scratch_write("u/bx-a.service", ENABLED);
	scratch_write("u/bx-b.service", "[Unit]\nAfter=multi-user.target\n" ENABLED);
	load("", "bx-a bx-b", "");
	cr_expect(has("bx-b", DEPENDENCY_AFTER, "bx-a"));
	cr_expect(not(has("bx-a", DEPENDENCY_AFTER, "bx-b")));
}

Test(unit_pull, other_names_are_those_of_the_unit)
{
	scratch_write("u/bx-a.service", ENABLED "Alias=bx-alias.service\n");
	scratch_link("u/bx-link.service", "bx-a.service");
	scratch_write(
		"u/bx-b.service", "[Unit]\nRequires=bx-alias.service bx-link.service\n" ENABLED);
	load("", "bx-a bx-b", "");
	cr_expect(eq(long, (long)conf_set_find(&set, "bx-alias"),
		(long)conf_set_find(&set, "bx-link.service")));
}

Test(unit_pull, services_of_the_ini_go_before_those_of_the_folder)
{
	scratch_write("u/bx-a.service", ENABLED);
	scratch_write("u/bx-b.service", RUN);
	scratch_write("u/bx-c.service", RUN);
	load("Main=bx-c\n[service:bx-a]\nExecStart=/bin/ini\nWants=bx-b\n", "bx-a bx-c bx-b", "");
	expect_text(set.services[0]->exec_start->path, "/bin/ini");
}

Test(unit_pull, what_cannot_be_read_is_told)
{
	scratch_write("u/bx-a.service", "ExecStart=/bin/true\n[Service\n");
	scratch_link("u/bx-loop.service", "bx-loop.service");
	scratch_link("u/loop.target.wants", "loop.target.wants");
	scratch_path("u/bx-d.service/x");
	scratch_link("u/bx-e.service", "bx-f.service");
	scratch_link("u/bx-f.service", "bx-e.service");
	load("", "",
		"u/loop.target.wants: error: Too many levels of symbolic links\n"
		"u/bx-a.service:2:1: error: section header without its closing ]\n"
		"u/bx-d.service: error: is a directory, expected a file\n"
		"u/bx-f.service: error: Too many levels of symbolic links\n"
		"u/bx-e.service: error: Too many levels of symbolic links\n"
		"u/bx-loop.service: error: Too many levels of symbolic links\n"
		"configuration: error: no service: expected a section [service:NAME]\n");
}
