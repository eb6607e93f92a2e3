/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command line, and the few variables that stand for options. Called by the name of tini, of
 * dumb-init or of one of their kind, the options are those of that program, and the command needs
 * no `--` in front. berth-init(8)
 */

#include "conf/load.h"
#include "init/dropin.h"
#include "init/log.h"

#define OPTIONS_DEFAULT_FILE "/etc/berth/init.ini"

struct options {
	struct conf_strings files;
	struct conf_arena arena;
	struct dropin_options dropin;
	char **command; /* what is to be run without configuration, or NULL */
	char **rest;    /* what follows the options else */
	enum log_format format;
	bool format_given;
	bool strict;
	bool done; /* what was asked for has been printed: nothing more to do */
};

/* Prints help, version and licence where these are asked for, and what is wrong. Returns 0 or an
 * exit code. options_finish() is due either way. */
int options_parse(int argc, char **argv, struct options *ret_options);
void options_finish(struct options *options);

/* Tells of a mistake in the command line; returns the exit code for it. */
int options_complain(const char *text, const char *argument);
