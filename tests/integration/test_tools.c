/* SPDX-License-Identifier: MIT */
/* The commands that only read: check, show, graph, import. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/integration/boot.h"

static int run(struct boot *boot, const char *const arguments[])
{
	boot_start(boot, BOOT_SAME_PIDS, arguments);
	return boot_end(boot);
}

Test(tools, check_tells_all_as_json)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.ini", "[service:a]\nExecStart=/x\nColor=\"red\nUser=a\nUser=b\n");
	int code = run(&boot, (const char *const[]) { "check", "--json", "@/a.ini", NULL });
	cr_expect(code == 1, "%s", boot.log.text);
	cr_expect(
		boot_logged(&boot, "\"line\": 3, \"column\": 1, \"severity\": \"error\", \"text\": "
				   "\"unknown key Color= in [service:a]\"}"),
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\"line\": 5, \"column\": 1, \"severity\": \"warning\", "
				     "\"text\": \"User= takes the place of the one in line 4\"}"),
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(tools, check_is_strict_when_told)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.ini", "[service:a]\nExecStart=/x\nUser=a\nUser=b\n");
	cr_expect(run(&boot, (const char *const[]) { "check", "@/a.ini", NULL }) == 0);
	cr_expect(run(&boot, (const char *const[]) { "check", "--strict", "@/a.ini", NULL }) == 1);
	cr_expect(run(&boot, (const char *const[]) { "--strict", "check", "@/a.ini", NULL }) == 1);
	boot_finish(&boot);
}

Test(tools, a_value_of_another_file_or_of_a_unit_may_be_replaced)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.service", "[Service]\nExecStart=/x\nUser=a\n");
	boot_write(&boot, "a.ini", "[service:a]\nUnit=@/a.service\nUser=b\nEnvironment=A=1\n");
	boot_write(&boot, "b.ini", "[service:a]\nUser=c\nEnvironment=A=2\n");
	int code = run(
		&boot, (const char *const[]) { "check", "--strict", "@/a.ini", "@/b.ini", NULL });
	cr_expect(code == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(tools, check_takes_a_unit_by_itself)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "u.service", "[Service]\nExecStart=/x %i\nProtectHome=yes\nFrob=1\n");
	cr_expect(run(&boot, (const char *const[]) { "check", "@/u.service", NULL }) == 0);
	cr_expect(boot_logged(&boot, "u.service:3:1: warning: ProtectHome= is not honoured"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "u.service:4:1: warning: unknown key Frob="), "%s",
		boot.log.text);
	cr_expect(run(&boot, (const char *const[]) { "check", "@/none.service", NULL }) == 1);
	cr_expect(boot_logged(&boot, "none.service: error: No such file"), "%s", boot.log.text);
	boot_finish(&boot);
}

/* A tree whose links lead to the outside has what they lead to inside. */
Test(tools, check_looks_into_an_image)
{
	struct boot boot;
	char command[512];

	boot_init(&boot);
	snprintf(command, sizeof(command),
		"cd '%s' && mkdir -p root/etc root/bin root/srv && cp probe root/bin/good && "
		"ln -s /bin/good root/bin/link && ln -s /probe root/bin/out && "
		"echo plain >root/bin/plain && echo 'web:x:7:7::/:/bin/sh' >root/etc/passwd && "
		"echo 'web:x:7:' >root/etc/group",
		boot.directory);
	cr_assert(system(command) == 0); /* NOLINT(cert-env33-c) */
	boot_write(&boot, "a.ini",
		"[service:a]\nExecStart=/bin/link\nUser=web\nGroup=web\nWorkingDirectory=/srv\n"
		"ExecStartPre=good\n"
		"[service:b]\nExecStartPre=/bin/out\nExecStart=/bin/plain\nUser=root\nGroup=wheel\n"
		"WorkingDirectory=/none\nEnvironmentFile=/none.env\nEnvironmentFile=-/none.env\n");
	int code =
		run(&boot, (const char *const[]) { "check", "--root", "@/root", "@/a.ini", NULL });
	cr_expect(code == 0, "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "a.ini:2:"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:8:1: warning: ExecStartPre=/bin/out: No such file"),
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:9:1: warning: ExecStart=/bin/plain: is not executable"),
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:10:1: warning: User=root: no such user"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:11:1: warning: Group=wheel: no such group"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:12:1: warning: WorkingDirectory=/none: No such file"),
		"%s", boot.log.text);
	cr_expect(
		boot_logged(&boot, "a.ini:13:1: warning: EnvironmentFile=/none.env: No such file"),
		"%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "-/none.env"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(tools, show_tells_where_each_value_comes_from)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.service",
		"[Unit]\nAfter=b\n[Service]\nType=notify\nExecStart=/x one\nEnvironment=A=1\n");
	boot_write(&boot, "a.ini",
		"[service:a]\nUnit=@/a.service\nExecStart=\nExecStart=/y \"t w o\" ; -/z %%\n"
		"Environment=B=2\nTimeoutStopSec=90\n[service:b]\nExecStart=/b\n");
	int code = run(&boot, (const char *const[]) { "show", "@/a.ini", NULL });
	cr_expect(code == 1, "two commands, not a oneshot: %s", boot.log.text);
	boot_write(&boot, "a.ini",
		"[service:a]\nUnit=@/a.service\nExecStart=\nExecStart=-/y \"t w o\" %%\n"
		"Environment=B=2\nTimeoutStopSec=90\n[service:b]\nExecStart=/b\n");
	code = run(&boot, (const char *const[]) { "show", "@/a.ini", NULL });
	cr_expect(code == 0, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nExecStart=-/y \"t w o\" %%  # "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a.ini:4\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nEnvironment=A=1 B=2  # "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "a.service:6, "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nTimeoutStopSec=1min 30s  # "), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nRestart=no  # default\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nNotifyAccess=main  # default\n"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\nAfter=b  # "), "%s", boot.log.text);
	boot_finish(&boot);
}

#ifdef __aarch64__
#define SECOND_ARCHITECTURE "arm"
#else
#define SECOND_ARCHITECTURE "x86"
#endif

Test(tools, show_prints_what_few_services_have)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.ini",
		"[service:a]\nExecStart=/x\nExecSearchPath=/p:/q\nExecSearchPath=/100%%\n"
		"StandardInput=data\nStandardInputText=\\s one\\ttwo \\\\\n"
		"StandardInputText=50%%\n"
		"CoredumpFilter=all\nSecureBits=noroot keep-caps\nTTYRows=0\nTimerSlackNSec=1us\n"
		"[service:b]\nExecStart=/x\nStandardInputText=ab\nStandardInputData=AP8=\n"
		"Personality=" SECOND_ARCHITECTURE "\nConfigurationDirectory=b\n");
	cr_expect(run(&boot, (const char *const[]) { "show", "@/a.ini", NULL }) == 0, "%s",
		boot.log.text);
	static const char *const lines[] = { "\nExecSearchPath=/p:/q:/100%%  # ",
		"\nStandardInput=data  # ", "\nStandardInputText=\\s one\\011two \\\\\\n50%%  # ",
		"\nCoredumpFilter=0x1ff  # ", "\nSecureBits=keep-caps noroot  # ",
		"\nTTYRows=0  # ", "\nTimerSlackNSec=1000  # ", "\nStandardInputData=YWIKAP8=  # ",
		("\nPersonality=" SECOND_ARCHITECTURE "  # "), "\nConfigurationDirectory=b  # " };

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		cr_expect(boot_logged(&boot, lines[i]), "%s: %s", lines[i], boot.log.text);
	}
	cr_expect(!boot_logged(&boot, "TTYColumns="), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(tools, graph_is_for_dot)
{
	struct boot boot;

	boot_init(&boot);
	boot_write(&boot, "a.ini",
		"[init]\nMain=a\n[service:a]\nExecStart=/x\nAfter=b\nRequires=b\n"
		"[service:b]\nExecStart=/x\nBefore=c\n[service:c]\nExecStart=/x\n");
	cr_expect(run(&boot, (const char *const[]) { "graph", "@/a.ini", NULL }) == 0);
	cr_expect_str_eq(boot.log.text,
		"digraph berth {\n\t\"a\" [penwidth=2];\n\t\"a\"->\"b\" [color=\"green\"];\n"
		"\t\"a\"->\"b\" [color=\"black\", style=\"dashed\", label=\"Requires\"];\n"
		"\t\"b\";\n\t\"c\"->\"b\" [color=\"green\"];\n\t\"c\";\n}\n");
	boot_finish(&boot);
}

/* What the import prints is run, and does what supervisord would. */
Test(tools, import_of_supervisord_runs)
{
	struct boot boot;
	char command[512];
	const char *built = getenv("BERTH_INIT");

	boot_init(&boot);
	boot_write(&boot, "more.conf",
		"[program:second]\ncommand = @/probe event:second 'say:at %(here)s' pause\n"
		"priority: 20\nautorestart=false\n");
	boot_write(&boot, "s.conf",
		"; a comment\n[supervisord]\nnodaemon=true\nenvironment=COMMON=\"a b\"\n"
		"[supervisorctl]\nserverurl=unix:///x\n"
		"[include]\nfiles = more*.conf\n"
		"[program:first]\ncommand=@/probe \"event:first %(process_num)02d\" exit:3 ; one\n"
		"numprocs=2\nprocess_name=%(program_name)s_%(process_num)02d\npriority=10\n"
		"exitcodes=0,3\nstopsignal=INT\nstdout_events_enabled=true\n"
		"[program:later]\ncommand=/bin/false\nautostart=false\n");
	snprintf(command, sizeof(command),
		"'%s' import supervisord '%s/s.conf' >'%s/init.ini' 2>'%s/told'",
		built ? built : BERTH_INIT, boot.directory, boot.directory, boot.directory);
	cr_assert(system(command) == 0); /* NOLINT(cert-env33-c) */
	boot_start(&boot, 0, (const char *const[]) { "-c", "@/init.ini", NULL });
	boot_expect_event(&boot, "second");
	boot_expect_log(&boot, "second     | at /");
	/* The three go side by side. */
	boot.log.taken = 0;
	boot_expect_log(&boot, "first_00: finished");
	boot.log.taken = 0;
	boot_expect_log(&boot, "first_01: finished");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	cr_expect(boot_happened(&boot, "first 00") && boot_happened(&boot, "first 01"));
	cr_expect(boot_logged(&boot, "first_01: finished"), "%s", boot.log.text);
	cr_expect(!boot_logged(&boot, "later"), "%s", boot.log.text);
	cr_expect(run(&boot, (const char *const[]) { "import", "supervisord", "@/s.conf", NULL }) ==
		  0);
	cr_expect(boot_logged(&boot, "s.conf:5: warning: supervisorctl: this section has no equal"),
		"%s", boot.log.text);
	cr_expect(
		boot_logged(&boot, "s.conf:16: warning: stdout_events_enabled=true: has no equal"),
		"%s", boot.log.text);
	cr_expect(boot_logged(&boot, "autostart=false has no equal"), "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "\n; stdout_events_enabled=true: has no equal"), "%s",
		boot.log.text);
	cr_expect(boot_logged(&boot, "After=first_01 first_00\n"), "%s", boot.log.text);
	boot_finish(&boot);
}
