/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * How the launcher's functions report that they could not do their work: the exit code berth will
 * end with, and one line for a person that says what is wrong and what to do next. Whoever is at
 * the top prints it, once. Functions that take a `struct failure *` return 0 (or a documented
 * positive outcome), or -1 after filling it in.
 */

#include "conf/errors.h"

/* Exit codes of berth itself; a build that ran to its end gives its own code verbatim. berth(1). */
enum exit_code {
	EXIT_USAGE = 64,
	EXIT_SYNTAX = 65,
	EXIT_GIT = 66,
	EXIT_NO_ENGINE = 69,
	EXIT_INTERNAL = 70,
	EXIT_API = 71,
	EXIT_WRITE = 73,
	EXIT_ENGINE_LOST = 74,
	EXIT_BUSY = 75,
	EXIT_IMAGE = 76,
	EXIT_PERMISSION = 77,
	EXIT_VERIFY = 78,
	EXIT_DOWNLOAD = 79,
	EXIT_IMAGE_LOAD = 80,
	EXIT_RESOURCES = 81,
	EXIT_CANNOT_START = 82,
	EXIT_NO_ARTIFACTS = 83,
	EXIT_BUILD_TIMEOUT = 84,
	EXIT_OOM = 85,
	EXIT_SIGNAL_BASE = 128,
};

struct failure {
	int code;
	char text[2048];
};

/* Fills in `failure`; a text too long for it is cut. Control bytes become '?', so that what an
 * engine or a file name says cannot steer the terminal; newlines stay. */
void failure_fill(struct failure *failure, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* For a file with mistakes: `headline`, and below it all of them, a line each. */
void failure_list(struct failure *failure, int code, const char *headline,
	const struct conf_problems *problems);

/* failure_fill() as an expression that is -1, which also those who read single functions can see.
 */
#define failure_set(...) (failure_fill(__VA_ARGS__), -1)
