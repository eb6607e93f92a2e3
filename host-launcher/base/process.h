/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * Runs another program, and waits for it or not: the launcher's only way to start processes. No
 * shell is involved. The child gets default signal dispositions, an empty mask and the descriptors
 * 0-2.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "host-launcher/base/buffer.h"

/* What becomes of one of the child's output streams. */
enum process_stream {
	PROCESS_INHERIT,
	PROCESS_CAPTURE,
	PROCESS_DISCARD,
	PROCESS_TO_FD,
};

enum {
	/* More captured output than this is an error, never a cut. */
	PROCESS_CAPTURE_MAX = 64 << 20,
};

struct process_spec {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in PATH */
	const char *const *envp; /* NULL: the launcher's own environment */
	const char *directory;   /* NULL: the current one */
	enum process_stream output;
	enum process_stream errors;
	int output_fd; /* for PROCESS_TO_FD; stays open here */
	int errors_fd;
	int input_fd; /* standard input; 0: /dev/null */
	/* In a session of its own, where no key of our terminal reaches it. */
	bool own_session;
	/* From signals_open(), or 0. The program then leads a process group of its own, and a
	 * signal that comes is handed to all of it: the first as SIGTERM, for an orderly end, more
	 * as SIGKILL. */
	int signal_fd;
	/* With a signal_fd: the program stays in our group, where it may ask its user something and
	 * is told of keys by the terminal itself. Signals go to it alone, and what it started and
	 * left is not waited for when one has come. */
	bool in_our_group;
};

struct process;

/* `code` is the exit status, or 128+n when signal n killed the program. */
struct process_result {
	int code;
	int signal; /* the first that came over `signal_fd`, or 0 */
	struct buffer output;
	struct buffer errors;
};

/* Runs the program to its end; standard input is /dev/null. Returns 0 when it ran, whatever its
 * code; -errno when it could not be started (-ENOENT: not found) or its output not be read (it is
 * killed then). On success the caller owns `ret_result` and calls process_result_finish(). */
int process_run(const struct process_spec *spec, struct process_result *ret_result);

/* The same in two steps, so that several programs run side by side: each is begun, then each is
 * ended. One that writes more than a pipe holds waits for that. Of process_begin() 0, or -errno
 * where it could not be started; process_end() frees the process in any case. */
int process_begin(const struct process_spec *spec, struct process **ret_process);
int process_end(struct process *process, struct process_result *ret_result);

/* Starts the program and returns at once, 0 or -errno. Nothing can be captured; the caller waits
 * for the child. */
int process_start(const struct process_spec *spec, pid_t *ret_pid);

void process_result_finish(struct process_result *result);
