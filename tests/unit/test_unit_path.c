/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/unit_path.h"
#include "tests/unit/expect.h"
#include "tests/unit/scratch.h"

static struct conf_arena arena;
static struct conf_problems problems;

static void finish(void)
{
	scratch_finish();
	conf_arena_finish(&arena);
	conf_problems_finish(&problems);
}

TestSuite(unit_path, .init = scratch_make, .fini = finish);

/* Two folders, the first of which goes before the other. */
static struct unit_path two(void)
{
	struct conf_strings own = { 0 };

	conf_strings_add(&arena, &own, scratch_path("etc"));
	conf_strings_add(&arena, &own, scratch_path("lib"));
	mkdir(own.items[0], 0755);
	mkdir(own.items[1], 0755);
	return unit_path_of(&own, NULL);
}

static void expect_found(const char *name, const char *real_name, const char *at)
{
	struct unit_path path = two();
	struct unit_file file;

	cr_assert(eq(int, unit_path_find(&path, name, &file), 0), "%s", name);
	expect_text(file.name, real_name);
	expect_text(file.path, scratch_path(at));
}

Test(unit_path, the_first_folder_goes_before_the_second)
{
	scratch_write("lib/t-a.service", "x");
	expect_found("t-a.service", "t-a.service", "lib/t-a.service");
	scratch_write("etc/t-a.service", "x");
	expect_found("t-a.service", "t-a.service", "etc/t-a.service");
}

Test(unit_path, an_instance_has_the_file_of_its_template)
{
	scratch_write("lib/t@.service", "x");
	expect_found("t@i.service", "t@i.service", "lib/t@.service");
	scratch_write("lib/t@i.service", "x");
	expect_found("t@i.service", "t@i.service", "lib/t@i.service");
}

Test(unit_path, a_link_within_the_path_is_another_name)
{
	scratch_write("lib/t.service", "x");
	scratch_link("etc/alias.service", "../lib/t.service");
	expect_found("alias.service", "t.service", "lib/t.service");
	scratch_write("lib/t@.service", "x");
	scratch_link("etc/alias@.service", scratch_path("lib/t@.service"));
	expect_found("alias@i.service", "t@i.service", "lib/t@.service");
	scratch_link("etc/t@j.service", scratch_path("lib/t@.service"));
	expect_found("t@j.service", "t@j.service", "etc/t@j.service");
}

Test(unit_path, a_link_out_of_the_path_is_where_the_file_lies)
{
	scratch_write("opt/other.service", "x");
	scratch_link("etc/t.service", scratch_path("opt/other.service"));
	expect_found("t.service", "t.service", "etc/t.service");
}

Test(unit_path, links_that_end_nowhere_are_told)
{
	struct unit_file file;

	scratch_link("etc/a.service", "b.service");
	scratch_link("etc/b.service", "a.service");
	struct unit_path path = two();
	cr_expect(eq(int, unit_path_find(&path, "a.service", &file), -ELOOP));
	cr_expect(eq(int, unit_path_find(&path, "berth-no-such.service", &file), -ENOENT));
}

Test(unit_path, what_is_empty_or_dev_null_is_masked)
{
	struct unit_file file;

	scratch_write("lib/t-a.service", "x");
	scratch_write("lib/t-b.service", "x");
	scratch_link("etc/t-a.service", "/dev/null");
	scratch_write("etc/t-b.service", "");
	struct unit_path path = two();
	cr_expect(eq(int, unit_path_find(&path, "t-a.service", &file), 0));
	cr_expect(file.masked);
	cr_expect(eq(int, unit_path_find(&path, "t-b.service", &file), 0));
	cr_expect(file.masked);
}

/* The drop-ins of a unit, each without the folder, with blanks between them. */
static void expect_drop_ins(const char *name, const char *alias, const char *expected)
{
	struct conf_strings list = { 0 };
	struct unit_path path = two();
	char text[1024] = "";

	cr_assert(eq(int, unit_path_drop_ins(&path, name, alias, &arena, &list, &problems), 0));
	for (size_t i = 0; i < list.count; i++) {
		const char *item = list.items[i];

		if (strncmp(item, scratch, strlen(scratch)) == 0) {
			strcat(strcat(text, *text ? " " : ""), item + strlen(scratch) + 1);
		}
	}
	expect_text(text, expected);
}

Test(unit_path, drop_ins_are_ordered_by_their_names_alone)
{
	scratch_write("lib/t-a.service.d/20.conf", "x");
	scratch_write("etc/t-a.service.d/30.conf", "x");
	scratch_write("etc/t-.service.d/10.conf", "x");
	scratch_write("lib/service.d/25.conf", "x");
	expect_drop_ins("t-a.service", NULL,
		"etc/t-.service.d/10.conf lib/t-a.service.d/20.conf lib/service.d/25.conf "
		"etc/t-a.service.d/30.conf");
}

Test(unit_path, one_drop_in_masks_those_of_the_same_name)
{
	scratch_write("lib/t-a.service.d/10.conf", "x");
	scratch_write("etc/t-.service.d/10.conf", "x");
	expect_drop_ins("t-a.service", NULL, "etc/t-.service.d/10.conf");
	scratch_write("etc/t-a.service.d/10.conf", "x");
	scratch_write("etc/service.d/10.conf", "x");
	expect_drop_ins("t-a.service", NULL, "etc/t-a.service.d/10.conf");
	unlink(scratch_path("etc/t-a.service.d/10.conf"));
	scratch_link("etc/t-a.service.d/10.conf", "/dev/null");
	expect_drop_ins("t-a.service", NULL, "");
}

Test(unit_path, only_what_ends_in_conf_is_a_drop_in)
{
	scratch_write("etc/t.service.d/a.conf", "x");
	scratch_write("etc/t.service.d/a.conf~", "x");
	scratch_write("etc/t.service.d/.conf", "x");
	scratch_write("etc/t.service.d/.a.conf", "x");
	scratch_write("etc/t.service.d/README", "x");
	expect_drop_ins("t.service", NULL, "etc/t.service.d/a.conf");
}

Test(unit_path, instances_and_aliases_have_drop_ins_as_well)
{
	scratch_write("etc/t@.service.d/b.conf", "x");
	scratch_write("etc/t@i.service.d/a.conf", "x");
	scratch_write("etc/t@j.service.d/c.conf", "x");
	scratch_write("lib/alias@i.service.d/d.conf", "x");
	expect_drop_ins("t@i.service", "alias@i.service",
		"etc/t@i.service.d/a.conf etc/t@.service.d/b.conf lib/alias@i.service.d/d.conf");
}

Test(unit_path, a_folder_that_cannot_be_read_is_an_error)
{
	scratch_link("etc/t.service.d", "t.service.d");
	expect_drop_ins("t.service", NULL, "");
	cr_assert(eq(sz, problems.errors, 1));
	expect_text(problems.items[0].file, scratch_path("etc/t.service.d"));
	expect_text(problems.items[0].text, "Too many levels of symbolic links");
}

Test(unit_path, the_nearest_name_is_found)
{
	char nearest[UNIT_NAME_SIZE];

	scratch_write("lib/berth-example.service", "x");
	scratch_write("lib/berth-examplf.socket", "x");
	struct unit_path path = two();
	cr_expect(unit_path_nearest(&path, "berth-exampel.service", nearest));
	expect_text(nearest, "berth-example.service");
	cr_expect(not(unit_path_nearest(&path, "qqqqqqqqqqqqqqqqqqqqqqqqq.service", nearest)));
}
