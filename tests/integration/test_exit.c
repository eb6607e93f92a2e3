/* SPDX-License-Identifier: MIT */
/* How berth-init ends: with Main's own status, or with a code that says why Main never ran. */
#include <criterion/criterion.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tests/integration/boot.h"

static int run_main(struct boot *boot, const char *keys)
{
	char text[1024];

	snprintf(text, sizeof(text), "[init]\nMain=m\n[service:m]\nType=oneshot\n%s\n", keys);
	return boot_run(boot, text);
}

static void expect_code(const char *keys, int code)
{
	struct boot boot;

	boot_init(&boot);
	int got = run_main(&boot, keys);

	cr_expect(got == code, "%s gave %d instead of %d, the log:\n%s", keys, got, code,
		boot.log.text);
	boot_finish(&boot);
}

/* The code, and a line of the log that has all of `texts`. */
static void expect_refusal(const char *keys, int code, const char *const texts[])
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(run_main(&boot, keys) == code, "not %d: %s", code, boot.log.text);
	for (; *texts; texts++) {
		cr_expect(boot_logged(&boot, *texts), "no \"%s\" in: %s", *texts, boot.log.text);
	}
	boot_finish(&boot);
}

Test(exit, every_code_of_main_is_ours)
{
	struct boot boot;
	char keys[64];

	boot_init(&boot);
	for (int code = 0; code < 256; code++) {
		snprintf(keys, sizeof(keys), "ExecStart=@/probe exit:%d", code);
		int got = run_main(&boot, keys);

		cr_assert(got == code, "%d came out as %d: %s", code, got, boot.log.text);
	}
	boot_finish(&boot);
}

Test(exit, every_code_of_a_simple_main_is_ours)
{
	static const char *const types[] = { "simple", "exec" };

	for (size_t i = 0; i < 2; i++) {
		for (int code = 0; code < 256; code += 51) {
			char keys[96];

			snprintf(keys, sizeof(keys), "Type=%s\nExecStart=@/probe exit:%d", types[i],
				code);
			expect_code(keys, code);
		}
	}
}

Test(exit, death_of_main_by_signal_is_128_and_the_signal)
{
	static const int signals[] = { SIGHUP, SIGQUIT, SIGABRT, SIGKILL, SIGSEGV, SIGTERM };

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		char keys[64];

		snprintf(keys, sizeof(keys), "ExecStart=@/probe die:%d", signals[i]);
		expect_code(keys, 128 + signals[i]);
	}
}

Test(exit, missing_binary_is_127)
{
	expect_refusal("ExecStart=/no/such/program", 127,
		(const char *const[]) {
			"m: cannot run /no/such/program: execve(): No such file or directory\n",
			NULL });
}

Test(exit, directory_is_126)
{
	expect_refusal("ExecStart=/usr/bin", 126,
		(const char *const[]) {
			"m: cannot run /usr/bin: execve(): Is a directory\n", NULL });
}

Test(exit, file_that_is_not_executable_is_126)
{
	expect_refusal("ExecStart=/etc/passwd", 126,
		(const char *const[]) {
			"m: cannot run /etc/passwd: execve(): Permission denied\n", NULL });
}

Test(exit, bad_interpreter_and_bad_format_are_126)
{
	struct boot boot;
	char path[128];

	boot_init(&boot);
	boot_write(&boot, "script", "#!/no/such/interpreter\n");
	boot_write(&boot, "junk", "junk");
	snprintf(path, sizeof(path), "%s/script", boot.directory);
	chmod(path, 0755);
	snprintf(path, sizeof(path), "%s/junk", boot.directory);
	chmod(path, 0755);
	cr_expect(run_main(&boot, "ExecStart=@/script") == 126, "%s", boot.log.text);
	cr_expect(
		boot_logged(&boot, "/script: execve(): Exec format error\n"), "%s", boot.log.text);
	cr_expect(run_main(&boot, "ExecStart=@/junk") == 126, "%s", boot.log.text);
	cr_expect(boot_logged(&boot, "/junk: execve(): Exec format error\n"), "%s", boot.log.text);
	boot_finish(&boot);
}

Test(exit, success_exit_status_is_0)
{
	expect_code("ExecStart=@/probe exit:3\nSuccessExitStatus=3 SIGUSR1", 0);
	expect_code("ExecStart=@/probe die:USR1\nSuccessExitStatus=3 SIGUSR1", 0);
	expect_code("ExecStart=@/probe exit:4\nSuccessExitStatus=3 SIGUSR1", 4);
}

Test(exit, last_attempt_of_main_counts)
{
	expect_code("Restart=on-failure\nRestartSec=1ms\nExecStart=@/probe fail:2:5 exit:0", 0);
	expect_code("Restart=on-failure\nRestartSec=1ms\nStartLimitBurst=2\n"
		    "StartLimitIntervalSec=1h\n"
		    "ExecStart=@/probe fail:1:5 exit:6",
		6);
}

Test(exit, main_that_is_skipped_by_its_condition_is_69)
{
	struct boot boot;
	int code;

	boot_init(&boot);
	code = run_main(&boot, "ConditionPathExists=/no/such\nExecStart=@/probe event:ran");
	cr_expect(code == 69, "%d", code);
	cr_expect(boot_logged(&boot, "condition"), "%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "ran"));
	boot_finish(&boot);
}

Test(exit, without_main_a_stop_is_0)
{
	struct boot boot;

	boot_init(&boot);
	boot_services(&boot, "[service:a]\nExecStart=@/probe event:up pause\n");
	boot_expect_event(&boot, "up");
	boot_signal(&boot, SIGTERM);
	cr_expect(boot_end(&boot) == 0, "%s", boot.log.text);
	boot_finish(&boot);
}

Test(exit, failure_action_ends_all_and_names_the_service)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(
		boot_run(&boot,
			"[init]\nMain=m\n"
			"[service:m]\nType=notify\nExecStart=@/probe name:m on:TERM:0 ready pause\n"
			"[service:d]\nAfter=m\nFailureAction=exit\nRestart=always\n"
			"RestartSec=0\nStartLimitBurst=3\nStartLimitIntervalSec=1h\n"
			"ExecStart=@/probe event:run "
			"exit:17\n") == 17,
		"%s", boot.log.text);
	cr_expect(boot_happened(&boot, "m stopped"));
	cr_expect(boot_logged(&boot, "exit 17 (FailureAction=), decided by d: start-limit-hit"),
		"%s", boot.log.text);
	boot_finish(&boot);
}

Test(exit, exit_force_does_not_stop_others_in_order)
{
	struct boot boot;

	boot_init(&boot);
	cr_expect(boot_run(&boot, "[service:m]\nType=notify\nTimeoutStopSec=1h\n"
				  "ExecStart=@/probe ignore:TERM name:m on:USR1:0 ready pause\n"
				  "ExecStop=@/probe event:asked\n"
				  "[service:d]\nType=oneshot\nAfter=m\nSuccessAction=exit-force\n"
				  "SuccessActionExitStatus=9\nExecStart=@/probe exit:0\n") == 9,
		"%s", boot.log.text);
	cr_expect(!boot_happened(&boot, "asked"));
	boot_finish(&boot);
}
