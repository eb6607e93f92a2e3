/* SPDX-License-Identifier: MIT */
/* Configuration that cannot be honoured: each error with its place, and nothing is started. */
#include <criterion/criterion.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/integration/boot.h"

/* The file's lines, one bad; the error must name the file and the line. */
static void expect_error(const char *text, unsigned line, const char *why)
{
	struct boot boot;
	char place[128];

	boot_init(&boot);
	int code = boot_run(&boot, text);

	snprintf(place, sizeof(place), "%s/init.ini:%u:", boot.directory, line);
	cr_expect(code == 78, "ended with %d for:\n%s", code, text);
	cr_expect(boot_logged(&boot, place) && boot_logged(&boot, why), "no %s ... %s in:\n%s",
		place, why, boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

#define SERVICE "[service:a]\nExecStart=@/probe event:ran\n"

Test(config, bad_lines_are_named_and_nothing_is_started)
{
	expect_error(SERVICE "Restrat=always\n", 3, "Restart");
	expect_error("Main=a\n" SERVICE, 1, "section");
	expect_error(SERVICE "[nonsense]\n", 3, "nonsense");
	expect_error(SERVICE "[service:b\nExecStart=/bin/true\n", 3, "]");
	expect_error(SERVICE "just words\n", 3, "=");
	expect_error(SERVICE "TimeoutStopSec=soon\n", 3, "TimeoutStopSec");
	expect_error(SERVICE "User=\n\n\nType=magic\n", 6, "magic");
	expect_error(SERVICE "ExecStart=/bin/true \"open\n", 3, "quote");
	expect_error(SERVICE "Requires=b\n", 3, "b");
	expect_error("[init]\nMain=b\n" SERVICE, 2, "b");
	expect_error("[service:a]\nUnit=/no/such.service\n", 2, "/no/such.service");
	expect_error(SERVICE "After=a\n", 3, "itself");
	expect_error("[service:a]\r\nExecStart=@/probe event:ran\r\n", 1, "CR LF");
	expect_error("\xef\xbb\xbf" SERVICE, 1, "byte order mark");
	expect_error(SERVICE "Description=a\x01z\n", 3, "control character 0x01");
	expect_error("[service:a]\nUnit=/usr\n", 2, "is a directory");
	expect_error("[service:a]\nUnit=/dev/zero\n", 2, "is not a regular file");
	expect_error("[service:a]\nUnit=/dev/null\n", 2, "masked");
	expect_error("[service:a]\nUnit=berth-no-such-unit\n", 2, "there is no such file");
	expect_error("[init]\nUnitPath=here\n" SERVICE, 2, "an absolute path");
}

Test(config, cycle_is_shown_with_its_path)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot,
			  "[service:a]\nExecStart=@/probe event:ran\nAfter=b\nRequires=b\n"
			  "[service:b]\nExecStart=@/probe event:ran\nAfter=c\nRequires=c\n"
			  "[service:c]\nExecStart=@/probe event:ran\nAfter=a\nRequires=a\n") == 78,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a after b after c after a"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(config, all_errors_are_told_in_one_run)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot, "[service:a]\nOne=1\nTwo=2\nExecStart=/bin/true\nThree=3\n") == 78);
	cr_expect(boot_logged(&boot, "init.ini:2:"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "init.ini:3:"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "init.ini:5:"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(config, file_that_is_none_is_78)
{
	static const char *const files[] = { "/no/such.ini", "/usr", "/dev/null", "@/empty.ini" };

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct boot boot;

		boot_init(&boot);
		boot_write(&boot, "empty.ini", "");
		boot_start(&boot, 0, (const char *const[]) { "-c", files[i], NULL });
		cr_expect(boot_end(&boot) == 78, "%s: %s", files[i], boot.log.text);
		cr_expect(boot_logged(&boot, "error:"), "%s: %s", files[i], boot.log.text);
		boot_finish(&boot);
	}
}

static int64_t children_used_ms(void)
{
	struct rusage used;

	cr_assert_eq(getrusage(RUSAGE_CHILDREN, &used), 0);
	return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 +
	       (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000;
}

/* Of processor time: a busy machine may keep it waiting. The quickest of some: caches may be cold.
 */
Test(config, mistakes_are_told_within_100_ms)
{
	int64_t quickest_ms = BOOT_DEADLINE_MS;

	for (int i = 0; i < 10 && quickest_ms > 100; i++) {
		struct boot boot;
		int64_t before_ms = children_used_ms();

		boot_init(&boot);
		cr_expect(boot_run(&boot, SERVICE "Restrat=always\n") == 78);
		boot_finish(&boot);
		int64_t used_ms = children_used_ms() - before_ms;
		quickest_ms = used_ms < quickest_ms ? used_ms : quickest_ms;
	}
	cr_expect(quickest_ms <= 100, "%d ms", (int)quickest_ms);
}

Test(config, files_are_merged_in_their_order)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.ini", "[init]\nMain=m\n[service:m]\nType=oneshot\nAfter=n\nWants=n\n");
	boot_write(&boot, "b.ini",
		"[service:m]\nExecStart=@/probe exit:4\n"
		"[service:n]\nType=oneshot\nExecStart=@/probe event:n\n");
	boot_start(&boot, 0, (const char *const[]) { "-c", "@/a.ini", "-c", "@/b.ini", NULL });
	cr_expect(boot_end(&boot) == 4, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "n"));
	boot_finish(&boot);
}

Test(config, folder_of_units_is_started_in_order)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "one.service",
		"[Unit]\nAfter=two.service\nWants=two.service\n[Service]\nType=oneshot\n"
		"ExecStart=@/probe event:one\n[Install]\nWantedBy=multi-user.target\n");
	boot_write(&boot, "two.service", "[Service]\nType=oneshot\nExecStart=@/probe event:two\n");
	boot_write(
		&boot, "three.service", "[Service]\nType=oneshot\nExecStart=@/probe event:three\n");
	cr_expect(boot_run(&boot, "[init]\nUnitPath=@\n") == 0, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "two") && boot_happened(&boot, "one"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "three"));
	boot_finish(&boot);
}

static int check(struct boot *boot, const char *text)
{
	boot_write(boot, "init.ini", text);
	boot_start(boot, BOOT_SAME_PIDS, (const char *const[]) { "check", "@/init.ini", NULL });
	return boot_end(boot);
}

Test(config, check_says_what_would_be_wrong)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(check(&boot, SERVICE) == 0, "%s", boot.log.text);
	cr_expect(check(&boot, SERVICE "Restrat=always\n") == 1, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "init.ini:3:") && boot_logged(&boot, "error:"), "%s",
		boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(config, unknown_key_of_an_imported_unit_is_a_warning)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.service",
		"[Unit]\nDescription=A\n[Service]\nExecStart=@/probe event:ran pause\n"
		"ProtectSystem=strict\n[Install]\nWantedBy=multi-user.target\n");
	boot_services(&boot, "[service:a]\nUnit=@/a.service\n");
	boot_expect_event(&boot, "ran");
	boot_expect_log(&boot, "ProtectSystem");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

Test(config, stray_line_of_an_imported_unit_or_its_drop_in_is_told_and_passed_over)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	snprintf(path, sizeof(path), "%s/a.service.d", boot.directory);
	cr_assert(mkdir(path, 0755) == 0);
	boot_write(&boot, "a.service",
		"[Service]\nExecStart=@/probe event:ran pause\nnonsense\n"
		"[Install]\nWantedBy=multi-user.target\n");
	boot_write(&boot, "a.service.d/x.conf", "UMask=0077\n");
	boot_services(&boot, "[init]\nUnitPath=@\n");
	boot_expect_event(&boot, "ran");
	boot_expect_log(&boot, "a.service:3:1: warning: expected KEY=VALUE or [SECTION]; ignored");
	boot_expect_log(&boot, "x.conf:1:1: warning: key outside of any section");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0);
	boot_finish(&boot);
}

Test(config, semicolons_in_values_are_text)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[init]\nMain=a\n[service:a]\nType=oneshot\n"
				  "ExecStart=@/probe \"say:one ; two\"\n") == 0,
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "one ; two\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* Whatever Debian packages ship on this machine: read without a crash, and what is not honoured is
 * named as a warning. */
Test(config, every_unit_of_the_machine_can_be_read)
{
	struct boot boot;
	glob_t units;
	char text[512];

	boot_init(&boot);
	cr_assert(glob("/lib/systemd/system/*.service", 0, NULL, &units) == 0);
	for (size_t i = 0; i < units.gl_pathc; i++) {
		snprintf(text, sizeof(text), "[service:u]\nUnit=%s\n", units.gl_pathv[i]);
		int code = check(&boot, text);

		cr_expect(code == 0 || code == 1, "%s ended with %d:\n%s", units.gl_pathv[i], code,
			boot.log.text);
	}
	globfree(&units);
	boot_finish(&boot);
}

Test(config, shipped_ini_has_no_mistake)
{
	struct boot boot;

	boot_init(&boot);
	boot_start(&boot, BOOT_SAME_PIDS,
		(const char *const[]) { "check", BERTH_SOURCE "/conf/init.ini", NULL });
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}
