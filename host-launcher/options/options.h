/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * What berth is told to do. One table (option_table.c) makes the parser, the help and the hints. A
 * flag wins over its BERTH_* variable, that over TAILS_BUILD_OPTIONS, that over config/berth.ini in
 * the source tree, that over the user's berth.ini, that over the machine's, that over what is built
 * in.
 */

#include <stdbool.h>
#include <stdint.h>

#include "host-launcher/base/failure.h"
#include "host-launcher/base/words.h"
#include "host-launcher/options/command.h"

#define OPTIONS_MACHINE_FILE "/etc/berth/berth.ini"
#define OPTIONS_SOURCE_FILE  "config/berth.ini" /* in the source tree */

/* Whether a build works in memory. */
enum options_ram {
	OPTIONS_RAM_AUTO, /* if there is enough */
	OPTIONS_RAM_OFF,
	OPTIONS_RAM_ON,
};

struct options {
	/* All commands */
	char *directory;
	char *config; /* instead of the user's and the machine's file */
	char *engine; /* NULL: see locate.h */
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
	bool source_upload;
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
	enum options_ram ram;
	uint64_t ram_bytes; /* 0: the engine's default */
	bool offline;
	bool keep;
	char *website_cache; /* "yes" or "no" */
	char *compression;   /* "fast" or "default" */
	char *artifact_prefix;
	char *git_source; /* "info" or "clone" */
	struct string_list git_log_path;
	long cpus;             /* 0: all */
	uint64_t memory_bytes; /* 0: no limit */
	long date_offset_days;
	bool detach;
	char *report; /* files, or NULL */
	char *junit;
	char *html;
	char *trace;
	bool no_progress;
	int64_t heartbeat_ms; /* 0: none */
	/* what is done to runs */
	bool all;
	bool follow;
	bool force;
	/* build and gitinfo */
	char *base_branch;
	char *git_ref;
	bool no_merge_base;
	/* doctor */
	bool no_probe;
	/* gitinfo */
	bool env_format;
	/* config */
	bool show_origin;

	/* Of each option, where its value came from; see option_store.h. */
	char **origins;
	struct string_list warnings;

	/* NULL when no command was given. */
	const struct command *command;
	/* The command's own words, and what follows `--`. */
	struct string_list words;
	struct string_list build_arguments;
};

/* Parses argv (without the program's name) and all that it wins over. `commands` ends with a
 * nameless entry and outlives the options. Returns 0 and options that the caller finishes, or -1:
 * EXIT_USAGE, EXIT_SYNTAX for a file. */
int options_parse(const struct command *commands, int argc, const char *const *argv,
	struct options *ret_options, struct failure *failure);

void options_finish(struct options *options);
