/* SPDX-License-Identifier: MIT */
#include "host-launcher/base/process.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/signals.h"

static int run(const char *script, struct process_result *result)
{
	const char *const argv[] = { "sh", "-c", script, NULL };
	struct process_spec spec = {
		.argv = argv,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
	};
	return process_run(&spec, result);
}

Test(process, gives_output_errors_and_code)
{
	struct process_result result;
	cr_assert_eq(run("echo out; echo err >&2; exit 3", &result), 0);
	cr_assert_eq(result.code, 3);
	cr_assert_str_eq(buffer_text(&result.output), "out\n");
	cr_assert_str_eq(buffer_text(&result.errors), "err\n");
	process_result_finish(&result);
}

Test(process, a_killing_signal_is_128_plus_its_number)
{
	struct process_result result;
	cr_assert_eq(run("kill -9 $$", &result), 0);
	cr_assert_eq(result.code, 128 + SIGKILL);
	process_result_finish(&result);
}

Test(process, takes_much_output_on_both_streams_at_once)
{
	struct process_result result;
	cr_assert_eq(
		run("head -c 3000000 /dev/zero & head -c 2000000 /dev/zero >&2; wait", &result), 0);
	cr_assert_eq(result.output.length, 3000000);
	cr_assert_eq(result.errors.length, 2000000);
	process_result_finish(&result);
}

/* Each waits for the other by a pipe with a name: one after the other, they would never end. */
Test(process, several_run_side_by_side)
{
	char folder[] = "/tmp/berth-beside-XXXXXX";
	struct process *processes[2];
	cr_assert_not_null(mkdtemp(folder));
	autofree char *fifo = alloc_printf("%s/fifo", folder);
	cr_assert_eq(mkfifo(fifo, 0600), 0);
	const char *const reader[] = { "cat", fifo, NULL };
	const char *const writer[] = { "sh", "-c", "echo met >$0", fifo, NULL };
	const char *const *const argv[2] = { reader, writer };
	for (int i = 0; i < 2; i++) {
		struct process_spec spec = { .argv = argv[i], .output = PROCESS_CAPTURE };
		cr_assert_eq(process_begin(&spec, &processes[i]), 0);
	}
	const char *const outputs[2] = { "met\n", "" };
	for (int i = 0; i < 2; i++) {
		struct process_result result;
		cr_assert_eq(process_end(processes[i], &result), 0);
		cr_assert_eq(result.code, 0);
		cr_assert_str_eq(buffer_text(&result.output), outputs[i]);
		process_result_finish(&result);
	}
	unlink(fifo);
	rmdir(folder);
}

Test(process, names_the_error_of_exec_and_chdir)
{
	const char *const argv[] = { "/nonexistent/program", NULL };
	struct process_spec spec = { .argv = argv };
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), -ENOENT);

	const char *const directory[] = { "/etc", NULL };
	spec.argv = directory;
	cr_assert_eq(process_run(&spec, &result), -EACCES);

	const char *const fine[] = { "true", NULL };
	spec.argv = fine;
	spec.directory = "/nonexistent";
	cr_assert_eq(process_run(&spec, &result), -ENOENT);
}

Test(process, refuses_boundless_output)
{
	struct process_result result;
	cr_assert_eq(run("exec cat /dev/zero", &result), -EFBIG);
}

Test(process, the_child_has_no_stray_descriptor_and_no_blocked_signal)
{
	sigset_t set;
	sigfillset(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	struct process_result result;
	/* 3 is ls's own handle of the directory. */
	cr_assert_eq(run("echo $(ls /proc/self/fd); trap - PIPE; kill -PIPE $$", &result), 0);
	cr_assert_str_eq(buffer_text(&result.output), "0 1 2 3\n");
	cr_assert_eq(result.code, 128 + SIGPIPE);
	process_result_finish(&result);
}

Test(process, environment_is_exactly_what_was_given)
{
	const char *const argv[] = { "env", NULL };
	const char *const envp[] = { "A=1", "B=x y", NULL };
	struct process_spec spec = { .argv = argv, .envp = envp, .output = PROCESS_CAPTURE };
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_str_eq(buffer_text(&result.output), "A=1\nB=x y\n");
	process_result_finish(&result);
}

Test(process, a_signal_is_passed_to_the_whole_group)
{
	int fd;
	cr_assert_eq(signals_open(&fd), 0);
	const char *const argv[] = { "sh", "-c",
		"trap 'exit 7' TERM; (trap '' TERM; sleep 60) >/dev/null 2>&1 & kill -HUP $PPID; "
		"wait",
		NULL };
	struct process_spec spec = { .argv = argv, .signal_fd = fd };
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_eq(result.signal, SIGHUP);
	cr_assert_eq(result.code, 7);
	process_result_finish(&result);
	close(fd);
}

Test(process, the_second_signal_kills)
{
	int fd;
	cr_assert_eq(signals_open(&fd), 0);
	const char *const argv[] = { "sh", "-c",
		"trap 'kill -INT $PPID' TERM; kill -HUP $PPID; while :; do sleep 60 & wait; done",
		NULL };
	struct process_spec spec = { .argv = argv, .signal_fd = fd };
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_eq(result.signal, SIGHUP);
	cr_assert_eq(result.code, 128 + SIGKILL);
	process_result_finish(&result);
	close(fd);
}

/* As git does that asks over a terminal: a group in the background would be stopped. */
Test(process, in_our_group_a_signal_goes_to_the_program_alone)
{
	int fd;
	cr_assert_eq(signals_open(&fd), 0);
	/* What it leaves holds the pipe open for longer than anybody wants to wait. */
	const char *const argv[] = { "sh", "-c",
		"sleep 1000 & echo $! $(ps -o pgid= -p $$); trap 'exit 7' TERM; kill -HUP $PPID; "
		"wait",
		NULL };
	struct process_spec spec = {
		.argv = argv,
		.output = PROCESS_CAPTURE,
		.signal_fd = fd,
		.in_our_group = true,
	};
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_eq(result.signal, SIGHUP);
	cr_assert_eq(result.code, 7);
	char *rest;
	long sleeper = strtol(buffer_text(&result.output), &rest, 10);
	cr_assert_gt(sleeper, 0);
	cr_assert_eq(strtol(rest, NULL, 10), getpgrp());
	cr_assert_eq(kill((pid_t)sleeper, SIGKILL), 0);
	process_result_finish(&result);
	close(fd);
}
