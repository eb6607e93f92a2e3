/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/load.h"
#include "conf/value.h"
#include "tests/unit/expect.h"

static struct conf_set set;

static void finish(void)
{
	conf_set_finish(&set);
}

TestSuite(load, .fini = finish);

/* Loads and checks `text`, and compares all problems with `expected`. */
static void load(const char *text, const char *expected)
{
	struct conf_problems problems = { 0 };
	char *printed;
	size_t size;

	conf_load_text("f", text, strlen(text), &set, &problems);
	conf_check(&set, &problems);
	FILE *out = open_memstream(&printed, &size);
	conf_problems_print(&problems, out);
	fclose(out);
	expect_text(printed, expected);
	free(printed);
	conf_problems_finish(&problems);
}

Test(load, a_service_has_systemds_defaults)
{
	load("[service:a]\nExecStart=/bin/true\n", "");
	const struct service_config *a = set.services[0];

	expect_text(a->name, "a");
	cr_expect(eq(int, (int)a->type, SERVICE_SIMPLE));
	cr_expect(eq(int, (int)a->restart, RESTART_NO));
	cr_expect(eq(i64, a->restart_ms, 100));
	cr_expect(eq(i64, a->timeout_start_ms, 90000));
	cr_expect(eq(i64, a->timeout_stop_ms, 90000));
	cr_expect(eq(i64, a->start_limit_burst, 5));
	cr_expect(eq(int, (int)a->exec.umask, 0022));
	cr_expect(eq(i64, set.init.timeout_stop_ms, 8000));
}

Test(load, a_oneshot_has_no_start_timeout_unless_set)
{
	load("[service:a]\nType=oneshot\nExecStart=/bin/true\n"
	     "[service:b]\nType=oneshot\nExecStart=/bin/true\nTimeoutStartSec=5\n",
		"");
	cr_expect(eq(i64, set.services[0]->timeout_start_ms, CONF_INFINITY));
	cr_expect(eq(i64, set.services[1]->timeout_start_ms, 5000));
}

Test(load, commands_have_prefixes_words_and_separators)
{
	load("[service:a]\nType=oneshot\n"
	     "ExecStart=-/bin/sh -c \"a ; b\" ; @/bin/cat me %n \\; ';'\nExecStart=:true $x\n",
		"");
	const struct exec_command *c = set.services[0]->exec_start;

	expect_text(c->path, "/bin/sh");
	cr_expect(c->ignore_failure);
	expect_text(c->argv.items[2], "a ; b");
	cr_expect(eq(sz, c->argv.count, 3));
	c = c->next;
	expect_text(c->path, "/bin/cat");
	expect_text(c->argv.items[0], "me");
	expect_text(c->argv.items[1], "a.service");
	expect_text(c->argv.items[2], ";");
	expect_text(c->argv.items[3], ";");
	c = c->next;
	cr_expect(c->no_expansion);
	cr_expect(eq(ptr, c->next, NULL));
}

Test(load, an_empty_value_starts_a_list_afresh)
{
	load("[service:a]\nExecStart=/bin/x\nExecStart=\nExecStart=/bin/y\nEnvironment=A=1 B=2\n"
	     "Environment=\nEnvironment=\"C=3 4\"\n",
		"");
	expect_text(set.services[0]->exec_start->path, "/bin/y");
	cr_expect(eq(ptr, set.services[0]->exec_start->next, NULL));
	cr_expect(eq(sz, set.services[0]->exec.environment.count, 1));
	expect_text(set.services[0]->exec.environment.items[0], "C=3 4");
}

Test(load, many_list_items_keep_their_order)
{
	char text[4096] = "[service:a]\nExecStart=/bin/x\nEnvironment=";

	for (int i = 0; i < 100; i++) {
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "V%d=%d ", i, i);
	}
	load(text, "");
	const struct conf_strings *list = &set.services[0]->exec.environment;
	cr_assert(eq(sz, list->count, 100));
	for (int i = 0; i < 100; i++) {
		char expected[16];

		snprintf(expected, sizeof(expected), "V%d=%d", i, i);
		expect_text(list->items[i], expected);
	}
	cr_expect(eq(ptr, list->items[100], NULL));
}

Test(load, every_mistake_is_told_with_the_nearest_name)
{
	load("[service:a]\nExecStrat=/bin/true\nRestart=sometimes\nTimeoutStopSec=5x\n"
	     "Color=red\nAfter=b\nUser=%Z\n[nonsense]\nx=1\n[service:a b]\nExecStart=/x\n"
	     "[init]\nMain=aa\n",
		"f:2:1: error: unknown key ExecStrat=, did you mean ExecStart=?\n"
		"f:3:1: error: Restart=sometimes: not understood, expected one of no, on-success, "
		"on-failure, on-abnormal, on-watchdog, on-abort, always\n"
		"f:4:1: error: TimeoutStopSec=5x: not understood, expected a time span such as 5, "
		"1min 30s, 500ms or infinity\n"
		"f:5:1: error: unknown key Color= in [service:a]\n"
		"f:7:1: error: unknown specifier %Z in \"%Z\": write %% for a percent sign\n"
		"f:8:1: error: unknown section [nonsense], expected [init] or [service:NAME]\n"
		"f:10:1: error: [service:a b]: a name has letters, digits and :-_.\\@, at most "
		"255\n"
		"f:1:1: error: [service:a] has no ExecStart=\n"
		"f:6:1: error: After=b: there is no such service, did you mean a?\n"
		"f:13:1: error: Main=aa: there is no such service, did you mean a?\n");
}

Test(load, commands_that_cannot_be_run_are_told)
{
	load("[service:a]\nExecStart=bin/x\n[service:b]\nExecStart=/bin/x 'y\n"
	     "[service:c]\nExecStart=/x\nExecStart=/y\n[service:d]\nType=oneshot\n"
	     "[service:e]\nType=oneshot\nExecStart=/x\nRestart=always\n",
		"f:2:1: error: ExecStart=bin/x: neither an absolute path nor a name without "
		"slashes\n"
		"f:4:1: error: ExecStart=: a quote is not closed\n"
		"f:1:1: error: [service:a] has no ExecStart=\n"
		"f:3:1: error: [service:b] has no ExecStart=\n"
		"f:5:1: error: [service:c] has more than one ExecStart= command: only Type=oneshot "
		"may\n"
		"f:8:1: error: [service:d] has neither ExecStart= nor ExecStop=\n"
		"f:10:1: error: [service:e] is of Type=oneshot, which cannot be restarted after "
		"success\n");
}

Test(load, directories_stay_below_their_root)
{
	load("[service:a]\nExecStart=/x\nCacheDirectory=a b/c\nRuntimeDirectory=../etc\n"
	     "StateDirectory=/abs\nLogsDirectory=a//b\n",
		"f:4:1: error: RuntimeDirectory=../etc: expected names of directories, relative "
		"and without .., each with :LINK behind it or not\n"
		"f:5:1: error: StateDirectory=/abs: expected names of directories, relative and "
		"without .., each with :LINK behind it or not\n"
		"f:6:1: error: LogsDirectory=a//b: expected names of directories, relative and "
		"without .., each with :LINK behind it or not\n");
	cr_expect(eq(sz, set.services[0]->exec.directories[DIRECTORY_CACHE].names.count, 2));
}

Test(load, an_empty_configuration_is_an_error)
{
	load("", "configuration: error: no service: expected a section [service:NAME]\n");
}

static void write_unit(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	cr_assert(ne(ptr, out, NULL));
	fputs(text, out);
	fclose(out);
}

Test(load, a_unit_is_the_base_and_keys_after_it_override)
{
	char path[] = "/tmp/test-load-XXXXXX";
	char text[256];
	char expected[512];

	close(mkstemp(path));
	write_unit(path, "[Unit]\nAfter=network.target\nRequires=x.socket\n[Service]\nType=notify\n"
			 "ExecStart=/bin/base\nUser=nobody\nProtectSystem=full\n[Install]\n"
			 "WantedBy=multi-user.target\n[X-Mine]\nfoo=bar\n");
	snprintf(text, sizeof(text),
		"[service:a]\nUnit=%s\nExecStart=\nExecStart=/bin/over\n[service:b]\nType=simple\n"
		"Unit=%s\nExecStart=/x\n",
		path, path);
	snprintf(expected, sizeof(expected),
		"%s:8:1: warning: ProtectSystem= is not honoured: the container is the sandbox\n"
		"f:7:1: error: Unit= must be the first key of its section: what follows it "
		"overrides\n"
		"%s:3:1: warning: Requires=x.socket is not honoured: there is no such service\n",
		path, path);
	load(text, expected);
	expect_text(set.services[0]->exec_start->path, "/bin/over");
	expect_text(set.services[0]->exec.user, "nobody");
	cr_expect(eq(int, (int)set.services[0]->notify_access, NOTIFY_MAIN));
	unlink(path);
}

/* A copy of `text` with `^` replaced by `path`; the caller frees it. */
static char *with_path(const char *text, const char *path)
{
	char *copy;
	size_t size;
	FILE *out = open_memstream(&copy, &size);

	for (; *text; text++) {
		if (*text == '^') {
			fputs(path, out);
		} else {
			fputc(*text, out);
		}
	}
	fclose(out);
	return copy;
}

/* load(), where `^` in both texts stands for a file with the text of `unit`. */
static void load_unit(const char *unit, const char *text, const char *expected)
{
	char path[] = "/tmp/test-load-XXXXXX";

	close(mkstemp(path));
	write_unit(path, unit);
	char *ini = with_path(text, path);
	char *problems = with_path(expected, path);
	load(ini, problems);
	free(ini);
	free(problems);
	unlink(path);
}

/* Words of systemd, words of nobody, words in the wrong place, and words without sense. */
Test(load, a_unit_is_never_half_understood_in_silence)
{
	load_unit("[Service]\nExecStart=/bin/base\nProtectHome=yes\nExecStrat=/x\nColor=red\n"
		  "After=b\nNice=polite\nUser=%?\nType=idle\n",
		"[service:a]\nUnit=^\nProtectHome=yes\n",
		"^:3:1: warning: ProtectHome= is not honoured: the container is the sandbox\n"
		"^:4:1: warning: unknown key ExecStrat=, did you mean ExecStart=?\n"
		"^:5:1: warning: unknown key Color= in [Service]\n"
		"^:6:1: warning: After= is ignored: its place is in [Unit], not in [Service]\n"
		"^:7:1: warning: Nice=polite: not understood, expected a number from -20 to 19; "
		"ignored\n"
		"^:8:1: warning: unknown specifier %? in \"%?\" stays as it is\n"
		"f:3:1: error: ProtectHome= cannot be honoured: the container is the sandbox\n");
	cr_expect(eq(int, (int)set.services[0]->type, SERVICE_SIMPLE));
}

Test(load, a_missing_unit_is_one_error)
{
	load("[service:a]\nUnit=/nonexistent.service\nExecStart=/x\n",
		"f:2:1: error: Unit=/nonexistent.service: No such file or directory\n");
}

Test(load, capabilities_add_up_as_in_systemd)
{
	load("[service:a]\nExecStart=/x\nCapabilityBoundingSet=~CAP_CHOWN\n"
	     "CapabilityBoundingSet=~CAP_KILL\nAmbientCapabilities=CAP_CHOWN\n"
	     "AmbientCapabilities=CAP_KILL\n"
	     "[service:b]\nExecStart=/x\nCapabilityBoundingSet=CAP_CHOWN\n"
	     "CapabilityBoundingSet=~\nAmbientCapabilities=CAP_CHOWN\nAmbientCapabilities=\n",
		"");
	const struct exec_context *a = &set.services[0]->exec, *b = &set.services[1]->exec;

	cr_expect(eq(u64, a->capability_bounding_set, ~UINT64_C(0x21)));
	cr_expect(eq(u64, a->ambient_capabilities, 0x21));
	cr_expect(eq(u64, b->capability_bounding_set, EXEC_ALL_CAPABILITIES));
	cr_expect(eq(u64, b->ambient_capabilities, 0));
}

Test(load, what_the_kernel_would_refuse_is_told_before)
{
	load("[service:a]\nExecStart=/x\nCPUAffinity=0-x\nCPUSchedulingPolicy=fair\n"
	     "CPUSchedulingPriority=100\nIOSchedulingPriority=8\n"
	     "AmbientCapabilities=CAP_SYS_ADMN\nRootDirectory=here\nIgnoreSIGPIPE=perhaps\n",
		"f:3:1: error: CPUAffinity=0-x: not understood, expected numbers of processors and "
		"ranges such as 0-3\n"
		"f:4:1: error: CPUSchedulingPolicy=fair: not understood, expected one of other, "
		"batch, idle, fifo, rr\n"
		"f:5:1: error: CPUSchedulingPriority=100: out of range, expected a number from 1 "
		"to "
		"99, or 0 for the policies other, batch and idle\n"
		"f:6:1: error: IOSchedulingPriority=8: out of range, expected a number from 0 to "
		"7\n"
		"f:7:1: error: AmbientCapabilities=: unknown capability CAP_SYS_ADMN, did you mean "
		"CAP_SYS_ADMIN?\n"
		"f:8:1: error: RootDirectory=here: not understood, expected an absolute path\n"
		"f:9:1: error: IgnoreSIGPIPE=perhaps: not understood, expected yes or no\n");
}

Test(load, what_few_services_have_is_apart)
{
	load("[service:a]\nExecStart=/bin/true\n"
	     "[service:b]\nExecStart=x\nExecSearchPath=/a:/b\nExecSearchPath=/c\n"
	     "CoredumpFilter=default\nCoredumpFilter=0x100 shared-huge\nTTYRows=7\n"
	     "SecureBits=noroot\nSecureBits=keep-caps noroot-locked\nTimerSlackNSec=2us\n"
	     "StandardInputText=one\\x20%n\nStandardInputData=AAEC\n",
		"");
	cr_expect(eq(ptr, set.services[0]->exec.extras, NULL));
	const struct exec_extras *b = set.services[1]->exec.extras;

	cr_assert(eq(sz, b->search_path.count, 3));
	expect_text(b->search_path.items[2], "/c");
	cr_expect(eq(u32, b->coredump_filter, 0x173));
	cr_expect(eq(uint, b->secure_bits, 0x12));
	cr_expect(eq(i64, b->timer_slack_ns, 2000));
	cr_expect(eq(int, b->tty_rows, 7));
	cr_expect(eq(int, b->tty_columns, EXEC_UNSET));
	cr_expect(eq(int, b->personality, EXEC_UNSET));
	cr_assert(eq(sz, b->input->size, strlen("one b.service\n")));
	cr_expect(eq(int, memcmp(b->input->bytes, "one b.service\n", b->input->size), 0));
	cr_expect(eq(sz, b->input->next->size, 3));
	cr_expect(not(b->input_is_text));
}

Test(load, what_few_services_have_is_taken_back)
{
	load("[service:a]\nExecStart=x\nExecSearchPath=/a\nExecSearchPath=\nCoredumpFilter=all\n"
	     "CoredumpFilter=\nSecureBits=noroot\nSecureBits=\nTTYRows=5\nTTYRows=\n"
	     "StandardInputText=one\nStandardInputText=\nTimerSlackNSec=infinity\nPersonality=\n",
		"");
	const struct exec_extras *a = set.services[0]->exec.extras;

	cr_expect(eq(sz, a->search_path.count, 0));
	cr_expect(not(a->coredump_filter_set));
	cr_expect(eq(uint, a->secure_bits, 0));
	cr_expect(eq(int, a->tty_rows, EXEC_UNSET));
	cr_expect(eq(ptr, a->input, NULL));
	cr_expect(eq(i64, a->timer_slack_ns, EXEC_UNSET));
	cr_expect(eq(int, a->personality, EXEC_UNSET));
}

Test(load, mistakes_in_what_few_services_have_are_told)
{
	load("[service:a]\nExecStart=x\nExecSearchPath=/a:b\nCoredumpFilter=some\n"
	     "CoredumpFilter=123456789\nSecureBits=root\nTTYRows=70000\nStandardInputText=\\q\n"
	     "StandardInputData=A\nTimerSlackNSec=soon\nPersonality=vax\n",
		"f:3:1: error: ExecSearchPath=b: not understood, expected absolute paths with "
		"colons between them\n"
		"f:4:1: error: CoredumpFilter=some: not understood, expected kinds of memory such "
		"as private-anonymous, default, all or a mask in hexadecimal\n"
		"f:5:1: error: CoredumpFilter=123456789: not understood, expected kinds of memory "
		"such as private-anonymous, default, all or a mask in hexadecimal\n"
		"f:6:1: error: SecureBits=root: not understood, expected keep-caps, "
		"no-setuid-fixup or noroot, each with -locked behind it or not\n"
		"f:7:1: error: TTYRows=70000: out of range, expected a number\n"
		"f:8:1: error: StandardInputText=\\q: a backslash in it means nothing\n"
		"f:9:1: error: StandardInputData=: not understood, expected Base64\n"
		"f:10:1: error: TimerSlackNSec=soon: not understood, expected a time span such as "
		"50us, without a unit in nanoseconds\n"
		"f:11:1: error: Personality=vax: expected an architecture whose programs run "
		"here\n");
}

Test(load, conditions_and_assertions_are_lists_of_their_own)
{
	load("[service:a]\nExecStart=/x\nConditionPathExists=/gone\nConditionUser=\n"
	     "ConditionPathIsMountPoint=|!/proc\nAssertCapability=CAP_CHOWN\n",
		"");
	const struct service_config *a = set.services[0];

	cr_assert(ne(ptr, a->conditions, NULL));
	cr_expect(eq(ptr, a->conditions->next, NULL));
	cr_expect(a->conditions->triggering);
	cr_expect(a->conditions->negated);
	expect_text(a->conditions->parameter, "/proc");
	expect_text(conf_condition_name(a->conditions->kind), "PathIsMountPoint");
	expect_text(conf_condition_name(a->asserts->kind), "Capability");
}

Test(load, conditions_on_nothing_are_refused)
{
	load("[service:a]\nExecStart=/x\nAssertFileNotEmpty=x\nConditionCapability=CAP_X\n"
	     "ConditionHost=!\n",
		"f:3:1: error: AssertFileNotEmpty=x: expected an absolute path\n"
		"f:4:1: error: ConditionCapability=CAP_X: expected a capability such as "
		"CAP_SYS_ADMIN\n"
		"f:5:1: error: ConditionHost=: expected a host's name or machine ID\n");
}

/* The specifiers of a name by systemd.unit(5). */
Test(load, conditions_on_amounts_want_amounts)
{
	load("[service:a]\nExecStart=x\nConditionMemory=>=1.5G\nConditionMemory=lots\n"
	     "AssertCPUs=!> 2\nAssertCPUs=-1\nConditionFirstBoot=never\nConditionSecurity=\n",
		"f:4:1: error: ConditionMemory=lots: expected a size in bytes such as >=1G\n"
		"f:6:1: error: AssertCPUs=-1: expected a number such as >=4\n"
		"f:7:1: error: ConditionFirstBoot=never: expected yes or no\n");
}

Test(load, conditions_on_versions_want_comparisons)
{
	load("[service:a]\nExecStart=x\nConditionOSRelease=ID=debian VERSION_ID>=12\n"
	     "ConditionKernelVersion=> 5 6.*\nConditionOSRelease=ID=debian 12\n"
	     "AssertKernelVersion=!6.* >\n",
		"f:5:1: error: ConditionOSRelease=ID=debian 12: expected a comparison such as "
		"VERSION_ID>=12\n"
		"f:6:1: error: AssertKernelVersion=6.* >: expected a pattern or a comparison such "
		"as >=5.10\n");
}

Test(load, specifiers_of_the_name)
{
	load_unit("[Service]\nExecStart=/x %n %N %p %P %i %I %j %J %f %d %t %S %C %L %E %%\n"
		  "ExecStop=/x a%\n",
		"[service:my-web\\x2dapp@srv-a\\x2db.d]\nUnit=^\n", "");
	static const char *const expected[] = { "/x", "my-web\\x2dapp@srv-a\\x2db.d.service",
		"my-web\\x2dapp@srv-a\\x2db.d", "my-web\\x2dapp", "my/web-app", "srv-a\\x2db.d",
		"srv/a-b.d", "web\\x2dapp", "web-app", "/srv/a-b.d",
		"/run/credentials/my-web\\x2dapp@srv-a\\x2db.d.service", "/run", "/var/lib",
		"/var/cache", "/var/log", "/etc", "%" };
	const struct exec_command *command = set.services[0]->exec_start;

	cr_assert(eq(sz, command->argv.count, sizeof(expected) / sizeof(expected[0])));
	for (size_t i = 0; i < command->argv.count; i++) {
		expect_text(command->argv.items[i], expected[i]);
	}
	expect_text(set.services[0]->exec_stop->argv.items[1], "a%");
}

Test(load, a_specifier_may_begin_the_path_of_a_stream)
{
	load("[service:a]\nExecStart=/x\nStandardInput=file:%t/in\n"
	     "StandardOutput=append:%L/out\nStandardError=truncate:%S/err\n"
	     "[service:b]\nExecStart=/x\nStandardOutput=file:%N/out\n",
		"f:8:1: error: StandardOutput=file:%N/out: not understood, expected null, inherit, "
		"log, tty, file:PATH, append:PATH or truncate:PATH\n");
	const struct exec_context *exec = &set.services[0]->exec;

	expect_text(exec->input.path, "/run/in");
	expect_text(exec->output.path, "/var/log/out");
	expect_text(exec->error.path, "/var/lib/err");
	cr_expect(eq(int, (int)exec->error.kind, STREAM_TRUNCATE));
	cr_expect(eq(int, (int)set.services[1]->exec.output.kind, STREAM_DEFAULT));
}

Test(load, specifiers_of_the_fragment)
{
	load("[service:a]\nExecStart=/x %y %Y %f\n", "");
	expect_text(set.services[0]->exec_start->argv.items[1], "f");
	expect_text(set.services[0]->exec_start->argv.items[2], ".");
	expect_text(set.services[0]->exec_start->argv.items[3], "/a");
}

/* In a packaged unit systemd leaves an unknown one as it is. */
Test(load, an_unknown_specifier_is_told)
{
	load_unit("[Service]\nExecStart=/bin/date +%? %Z\n",
		"[service:a]\nUnit=^\nExecStop=/x %Z\n",
		"^:2:1: warning: unknown specifier %? in \"+%?\" stays as it is\n"
		"^:2:1: warning: unknown specifier %Z in \"%Z\" stays as it is\n"
		"f:3:1: error: unknown specifier %Z in \"%Z\": write %% for a percent sign\n");
	expect_text(set.services[0]->exec_start->argv.items[1], "+%?");
}

static void expect_specifier(const char *specifier, const char *command)
{
	char line[256] = "", text[64];
	FILE *in = popen(command, "r"); /* NOLINT(cert-env33-c): what it compares with */

	cr_assert(fgets(line, sizeof(line), in) != NULL, "%s", command);
	pclose(in);
	line[strcspn(line, "\n")] = '\0';
	snprintf(text, sizeof(text), "[service:a]\nExecStart=/x \"<%s>\"\n", specifier);
	load(text, "");
	char *word = set.services[0]->exec_start->argv.items[1];
	word[strlen(word) - 1] = '\0';
	expect_text(word + 1, line);
	conf_set_finish(&set);
}

Test(load, specifiers_of_the_host_are_what_the_shell_says)
{
	expect_specifier("%H", "uname -n");
	expect_specifier("%l", "uname -n | cut -d. -f1");
	expect_specifier("%v", "uname -r");
	expect_specifier("%u", "id -un");
	expect_specifier("%U", "id -u");
	expect_specifier("%g", "id -gn");
	expect_specifier("%G", "id -g");
	expect_specifier("%h", "getent passwd $(id -u) | cut -d: -f6");
	expect_specifier("%s", "getent passwd $(id -u) | cut -d: -f7");
	expect_specifier("%b", "tr -d - </proc/sys/kernel/random/boot_id");
	expect_specifier("%o", ". /etc/os-release; echo $ID");
	expect_specifier("%w", ". /etc/os-release; echo $VERSION_ID");
	expect_specifier("%M", ". /etc/os-release; echo $IMAGE_ID");
	expect_specifier("%T", "echo ${TMPDIR:-/tmp}");
	expect_specifier("%V", "echo ${TMPDIR:-/var/tmp}");
}
