/* SPDX-License-Identifier: MIT */
/* `Unit=`: what becomes of a unit with its drop-ins, its instance and its names. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/load.h"
#include "tests/unit/expect.h"
#include "tests/unit/scratch.h"

static struct conf_set set;

static void finish(void)
{
	scratch_finish();
	conf_set_finish(&set);
}

TestSuite(unit_load, .init = scratch_make, .fini = finish);

/* Puts the scratch folder in for each @/. */
static void fill_in(const char *text, char *out, size_t size)
{
	FILE *stream = fmemopen(out, size, "w");

	for (; *text; text++) {
		if (text[0] == '@' && text[1] == '/') {
			fputs(scratch, stream);
		} else {
			fputc(*text, stream);
		}
	}
	cr_assert(eq(int, fclose(stream), 0));
}

static void load(const char *text, const char *expected)
{
	struct conf_problems problems = { 0 };
	char input[4096] = "", wanted[4096] = "";
	char *printed;
	size_t size;

	fill_in(text, input, sizeof(input));
	fill_in(expected, wanted, sizeof(wanted));
	conf_load_text("f", input, strlen(input), &set, &problems);
	conf_check(&set, &problems);
	FILE *out = open_memstream(&printed, &size);
	conf_problems_print(&problems, out);
	fclose(out);
	expect_text(printed, wanted);
	free(printed);
	conf_problems_finish(&problems);
}

#define UNIT "[Service]\nExecStart=/bin/true\n"

Test(unit_load, a_bare_name_is_looked_for_in_the_unit_path)
{
	scratch_write("u/bx.service", UNIT "User=base\n");
	load("[init]\nUnitPath=@/u\n[service:a]\nUnit=bx\n[service:b]\nUnit=bx.service\n", "");
	expect_text(set.services[0]->exec.user, "base");
	expect_text(set.services[1]->exec.user, "base");
}

Test(unit_load, the_unit_path_is_told_when_it_comes_too_late_or_is_none)
{
	scratch_write("u/bx.service", UNIT);
	load("[service:a]\nUnit=@/u/bx.service\n[init]\nUnitPath=@/u\nUnitPath=u\n",
		"f:4:1: error: UnitPath= must stand above every Unit=, for it says where those "
		"are\n"
		"f:5:1: error: UnitPath=u: expected an absolute path\n");
}

Test(unit_load, drop_ins_override_the_unit_and_the_ini_overrides_both)
{
	scratch_write("u/bx.service", UNIT "User=base\nGroup=base\nUMask=0001\n");
	scratch_write("u/bx.service.d/b.conf", "[Service]\nUser=b\nGroup=b\n");
	scratch_write("u/bx.service.d/a.conf", "[Service]\nUser=a\nExecStart=\nExecStart=/bin/a\n");
	load("[service:a]\nUnit=@/u/bx.service\nGroup=ini\n", "");
	expect_text(set.services[0]->exec.user, "b");
	expect_text(set.services[0]->exec.group, "ini");
	expect_text(set.services[0]->exec_start->path, "/bin/a");
	cr_expect(eq(ptr, set.services[0]->exec_start->next, NULL));
	cr_expect(eq(int, (int)set.services[0]->exec.umask, 0001));
}

Test(unit_load, a_mistake_in_a_drop_in_has_its_place)
{
	scratch_write("u/bx.service", UNIT);
	scratch_write("u/bx.service.d/a.conf", "User=a\n");
	load("[service:a]\nUnit=@/u/bx.service\n",
		"@/u/bx.service.d/a.conf:1:1: warning: key outside of any section: expected "
		"[SECTION] first; ignored\n");
}

Test(unit_load, a_stray_line_in_a_packaged_unit_is_a_warning_and_an_error_in_the_ini)
{
	scratch_write("u/bx.service", UNIT "User=base\nnonsense\nGroup=base\n");
	scratch_write("u/bx.service.d/a.conf", "[Service]\n=x\nUser=a\n");
	load("[service:a]\nUnit=@/u/bx.service\nnonsense\n",
		"@/u/bx.service:4:1: warning: expected KEY=VALUE or [SECTION]; ignored\n"
		"@/u/bx.service.d/a.conf:2:1: warning: missing key before =; ignored\n"
		"f:3:1: error: expected KEY=VALUE or [SECTION]\n");
	expect_text(set.services[0]->exec.user, "a");
	expect_text(set.services[0]->exec.group, "base");
}

Test(unit_load, conditions_without_sense_do_not_hold_and_those_on_no_path_are_left_out)
{
	scratch_write(
		"u/bx.service", "[Unit]\nConditionMemory=!some\nConditionPathExists=x\n" UNIT);
	load("[service:a]\nUnit=@/u/bx.service\n",
		"@/u/bx.service:2:1: warning: ConditionMemory=some: expected a size in bytes such "
		"as >=1G; does not hold\n"
		"@/u/bx.service:3:1: warning: ConditionPathExists=x: expected an absolute path; "
		"ignored\n");
	cr_assert(ne(ptr, set.services[0]->conditions, NULL));
	cr_expect(eq(ptr, set.services[0]->conditions->next, NULL));
	cr_expect(eq(int, set.services[0]->conditions->kind, CONDITION_MEMORY));
}

Test(unit_load, drop_ins_that_are_no_files_are_errors)
{
	scratch_write("u/bx.service", UNIT);
	scratch_path("u/bx.service.d/d.conf/x");
	scratch_link("u/bx.service.d/l.conf", "l.conf");
	cr_assert(eq(int, mkfifo(scratch_path("u/bx.service.d/f.conf"), 0600), 0));
	scratch_link("u/bx.service.d/z.conf", "/dev/zero");
	scratch_link("u/bx.service.d/gone.conf", "nowhere");
	load("[service:a]\nUnit=@/u/bx.service\n",
		"@/u/bx.service.d/d.conf: error: is a directory, expected a file\n"
		"@/u/bx.service.d/f.conf: error: is not a regular file\n"
		"@/u/bx.service.d/gone.conf: error: No such file or directory\n"
		"@/u/bx.service.d/l.conf: error: Too many levels of symbolic links\n"
		"@/u/bx.service.d/z.conf: error: is not a regular file\n");
}

Test(unit_load, units_that_are_no_files_are_errors_where_they_are_named)
{
	scratch_path("u/d.service/x");
	scratch_write("u/masked.service", "");
	scratch_link("u/loop.service", "loop.service");
	cr_assert(eq(int, mkfifo(scratch_path("u/f.service"), 0600), 0));
	load("[init]\nUnitPath=@/u\n"
	     "[service:a]\nUnit=@/u/d.service\nExecStart=/x\n"
	     "[service:b]\nUnit=@/u/masked.service\nExecStart=/x\n"
	     "[service:c]\nUnit=@/u/f.service\nExecStart=/x\n"
	     "[service:d]\nUnit=@/u/gone.service\nExecStart=/x\n"
	     "[service:e]\nUnit=@/u/loop.service\nExecStart=/x\n"
	     "[service:f]\nUnit=masked\nExecStart=/x\n"
	     "[service:g]\nUnit=u/x.service\nExecStart=/x\n"
	     "[service:h]\nUnit=dbus.socket\nExecStart=/x\n",
		"f:4:1: error: Unit=@/u/d.service: is a directory, expected a file\n"
		"f:7:1: error: Unit=@/u/masked.service: masked by @/u/masked.service, which is "
		"empty\n"
		"f:10:1: error: Unit=@/u/f.service: is not a regular file\n"
		"f:13:1: error: Unit=@/u/gone.service: No such file or directory\n"
		"f:16:1: error: Unit=@/u/loop.service: Too many levels of symbolic links\n"
		"f:19:1: error: Unit=masked: masked by @/u/masked.service, which is empty\n"
		"f:22:1: error: Unit=u/x.service: expected an absolute path, or the name of a "
		"unit\n"
		"f:25:1: error: Unit=dbus.socket: is no service\n");
}

Test(unit_load, directories_have_links_beside_them)
{
	load("[service:a]\nExecStart=/x\nStateDirectory=foo:bar foo:b/%N foo\n"
	     "CacheDirectory=gone:link\nCacheDirectory=\nLogsDirectory=x:\n"
	     "[service:b]\nExecStart=/x\nStateDirectory=foo:../bar\n"
	     "ConfigurationDirectory=foo:bar\n",
		"f:9:1: error: StateDirectory=foo:../bar: expected names of directories, relative "
		"and without .., each with :LINK behind it or not\n"
		"f:10:1: error: ConfigurationDirectory=foo:bar: expected names of directories, "
		"relative and without ..\n");
	const struct exec_context *exec = &set.services[0]->exec;
	const struct exec_link *link = exec->directory_links;

	cr_expect(eq(sz, exec->directories[DIRECTORY_STATE].names.count, 1));
	expect_text(exec->directories[DIRECTORY_STATE].names.items[0], "foo");
	expect_text(exec->directories[DIRECTORY_LOGS].names.items[0], "x");
	expect_text(link->link, "bar");
	expect_text(link->next->name, "foo");
	expect_text(link->next->link, "b/a");
	cr_expect(eq(ptr, link->next->next, NULL));
}

Test(unit_load, a_name_that_is_nowhere_is_told_with_the_nearest)
{
	scratch_write("u/berthexample.service", UNIT);
	load("[init]\nUnitPath=@/u\n[service:a]\nUnit=berthexampel\nExecStart=/x\n",
		"f:4:1: error: Unit=berthexampel: there is no such file in UnitPath=, /etc, /run, "
		"/usr/local/lib, /lib or /usr/lib/systemd/system, did you mean "
		"berthexample.service?\n");
}

Test(unit_load, instances_have_the_specifiers_of_their_names)
{
	static const char unit[] = "[Unit]\nDescription=%n %N %p %P %i %I %j %J\n" UNIT;

	scratch_write("u/x-t@.service", unit);
	load("[init]\nUnitPath=@/u\n"
	     "[service:a]\nUnit=x-t@15-main\n[service:b@c]\nUnit=x-t@.service\n"
	     "[service:d@e\\x2df]\nUnit=@/u/x-t@.service\n",
		"");
	expect_text(set.services[0]->description,
		"x-t@15-main.service x-t@15-main x-t x/t 15-main 15/main t t");
	expect_text(set.services[1]->description, "x-t@c.service x-t@c x-t x/t c c t t");
	expect_text(set.services[2]->description,
		"x-t@e\\x2df.service x-t@e\\x2df x-t x/t e\\x2df e-f t t");
}

Test(unit_load, a_template_wants_an_instance)
{
	scratch_write("u/t@.service", UNIT);
	load("[service:a]\nUnit=@/u/t@.service\nExecStart=/x\n",
		"f:2:1: error: Unit=@/u/t@.service: a template wants an instance, as in "
		"t@NAME.service\n");
}

Test(unit_load, ten_thousand_sections_are_found_by_their_names)
{
	struct conf_problems problems = { 0 };
	char *text, name[32];
	size_t size;
	FILE *out = open_memstream(&text, &size);

	for (int i = 0; i < 10000; i++) {
		fprintf(out, "[service:s%d]\nExecStart=/x\nAfter=s%d.service\n", i,
			(i + 1) % 10000);
	}
	fclose(out);
	conf_load_text("f", text, size, &set, &problems);
	conf_check(&set, &problems);
	cr_expect(eq(sz, problems.count, 0));
	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		cr_assert(eq(long, (long)conf_set_find(&set, name), i));
	}
	cr_expect(eq(long, (long)conf_set_find(&set, "s10000"), -1));
	free(text);
}
