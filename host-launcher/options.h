/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * The command line and its BERTH_* environment. One table (options.c) makes the parser, the help
 * and the hints; a flag wins over its variable, which wins over what is built in.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/command.h"
#include "host-launcher/failure.h"
#include "host-launcher/words.h"

struct options {
	/* All commands */
	char *directory;
	char *engine;
	char *color;
	bool json;
	bool quiet;
	bool verbose;
	bool help;
	bool version;
	/* build */
	bool allow_dirty;
	bool dry_run;
	bool source_copy;
	char *artifacts;
	char *allow_image_mismatch; /* the reason */
	char *image_file;
	char *proxy; /* "builtin", "none" or "external=URL" */
	char *cache; /* a volume's name, or "none" */
	char *build_command;
	char *init_config;
	char *on_failure;
	struct string_list cap_add;
	struct string_list env;
	int64_t build_timeout_ms; /* 0: none */
	int64_t stop_timeout_ms;
	bool ram;
	uint64_t ram_bytes; /* 0: the engine's default */
	/* build and gitinfo */
	char *base_branch;
	char *git_ref;
	bool no_merge_base;
	/* gitinfo */
	bool env_format;

	/* NULL when no command was given. */
	const struct command *command;
	/* The command's own words, and what follows `--`. */
	struct string_list words;
	struct string_list build_arguments;
};

/* Parses argv (without the program's name) over the environment over the defaults. `commands` ends
 * with a nameless entry and outlives the options. Returns 0 and options that the caller finishes,
 * or -1: EXIT_USAGE. */
int options_parse(const struct command *commands, int argc, const char *const *argv,
	struct options *ret_options, struct failure *failure);

void options_finish(struct options *options);
