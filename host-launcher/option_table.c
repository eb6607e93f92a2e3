/* SPDX-License-Identifier: MIT */
#include "host-launcher/option_table.h"

#define AT(field) offsetof(struct options, field)

enum {
	ALL = COMMAND_ALL,
	BUILD = COMMAND_BUILD,
	GIT = COMMAND_BUILD | COMMAND_GITINFO,
};

/* clang-format off */
const struct option option_table[] = {
	{ "build-command", 0, OPTION_TEXT, true, BUILD, AT(build_command), "CMD", NULL,
		"run CMD by sh instead of live-build" },
	{ "artifacts", 0, OPTION_TEXT, true, BUILD, AT(artifacts), "DIR", NULL,
		"where the results go (default: artifacts)" },
	{ "build-timeout", 0, OPTION_DURATION, true, BUILD, AT(build_timeout_ms), "TIME", NULL,
		"give up after TIME, as in 90min (default: never)" },
	{ "stop-timeout", 0, OPTION_DURATION, true, BUILD, AT(stop_timeout_ms), "TIME", NULL,
		"let a stopped build clean up for TIME (default: 60s)" },
	{ "on-failure", 0, OPTION_CHOICE, true, BUILD, AT(on_failure), "WHAT", "remove|keep",
		"what becomes of a failed build's container" },
	{ "proxy", 0, OPTION_TEXT, true, BUILD, AT(proxy), "builtin|none|external=URL", NULL,
		"how the build fetches packages (default: builtin)" },
	{ "cache", 0, OPTION_TEXT, true, BUILD, AT(cache), "VOLUME|none", NULL,
		"volume of the package cache (default: berth-apt-cache)" },
	{ "ram", 0, OPTION_RAM, true, BUILD, AT(ram), "SIZE", NULL,
		"build in memory, SIZE of it at most, as in 12G" },
	{ "cap-add", 0, OPTION_LIST, false, BUILD, AT(cap_add), "CAPABILITY", NULL,
		"give the build one more capability" },
	{ "env", 0, OPTION_LIST, false, BUILD, AT(env), "KEY=VALUE", NULL,
		"give the build one more variable" },
	{ "image-file", 0, OPTION_TEXT, true, BUILD, AT(image_file), "FILE", NULL,
		"load the image from FILE when the engine lacks it" },
	{ "allow-image-mismatch", 0, OPTION_TEXT, true, BUILD, AT(allow_image_mismatch), "REASON", NULL,
		"use an image other than the pinned one" },
	{ "init-config", 0, OPTION_TEXT, true, BUILD, AT(init_config), "FILE", NULL,
		"services to run in the container, as berth-init reads them" },
	{ "dry-run", 0, OPTION_SWITCH, true, BUILD, AT(dry_run), NULL, NULL,
		"print what would be asked of the engine; change nothing" },
	{ "allow-dirty", 0, OPTION_SWITCH, true, BUILD, AT(allow_dirty), NULL, NULL,
		"ignore uncommitted changes; they are listed" },
	{ "source-copy", 0, OPTION_SWITCH, true, BUILD, AT(source_copy), NULL, NULL,
		"build a copy of the commit instead of the work tree" },
	{ "base-branch", 0, OPTION_TEXT, true, GIT, AT(base_branch), "BRANCH", NULL,
		"instead of what config/base_branch says" },
	{ "no-merge-base", 0, OPTION_SWITCH, true, GIT, AT(no_merge_base), NULL, NULL,
		"do not merge the base branch into the build" },
	{ "git-ref", 0, OPTION_TEXT, true, GIT, AT(git_ref), "REF", NULL,
		"what the build is called, where HEAD is detached" },
	{ "env", 0, OPTION_SWITCH, false, COMMAND_GITINFO, AT(env_format), NULL, NULL,
		"print KEY=value lines for sh" },
	{ "engine", 0, OPTION_TEXT, true, ALL, AT(engine), "URL", NULL,
		"container engine (default: $DOCKER_HOST, unix:///var/run/docker.sock)" },
	{ "directory", 'C', OPTION_TEXT, false, ALL, AT(directory), "DIR", NULL,
		"change to DIR first" },
	{ "json", 0, OPTION_SWITCH, true, ALL, AT(json), NULL, NULL,
		"print the result as JSON; a build's log goes to standard error" },
	{ "quiet", 'q', OPTION_SWITCH, true, ALL, AT(quiet), NULL, NULL,
		"no remarks, only warnings and errors" },
	{ "verbose", 'v', OPTION_SWITCH, true, ALL, AT(verbose), NULL, NULL,
		"more remarks" },
	{ "color", 0, OPTION_CHOICE, true, ALL, AT(color), "WHEN", "auto|always|never",
		"colour in remarks (default: auto, which honours NO_COLOR)" },
	{ "help", 'h', OPTION_SWITCH, false, ALL, AT(help), NULL, NULL,
		"print this help" },
	{ "version", 0, OPTION_SWITCH, false, ALL, AT(version), NULL, NULL,
		"print berth's version" },
};
/* clang-format on */

const size_t option_table_count = sizeof(option_table) / sizeof(option_table[0]);
