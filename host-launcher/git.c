/* SPDX-License-Identifier: MIT */
#include "host-launcher/git.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/words.h"

static int begins(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

int git_keeps_variable(const char *pair)
{
	/* These choose the user's own configuration, where safe.directory is. */
	static const char *const kept[] = {
		"GIT_CONFIG_GLOBAL=",
		"GIT_CONFIG_SYSTEM=",
		"GIT_CONFIG_NOSYSTEM=",
	};
	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++) {
		if (begins(pair, kept[i])) {
			return 1;
		}
	}
	return !begins(pair, "GIT_") && !begins(pair, "LC_ALL=") && !begins(pair, "LANGUAGE=");
}

static void make_environment(struct string_list *env)
{
	for (char **pair = environ; *pair; pair++) {
		if (git_keeps_variable(*pair)) {
			string_list_add(env, *pair);
		}
	}
	string_list_add(env, "GIT_OPTIONAL_LOCKS=0");
	string_list_add(env, "GIT_TERMINAL_PROMPT=0");
	string_list_add(env, "LC_ALL=C");
}

static void make_arguments(struct string_list *argv, const char *const *arguments)
{
	static const char *const first[] = {
		"git",
		"--no-pager",
		"-c",
		"core.hooksPath=/dev/null",
		"-c",
		"core.fsmonitor=false",
		"-c",
		"log.showSignature=false",
	};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		string_list_add(argv, first[i]);
	}
	for (; *arguments; arguments++) {
		string_list_add(argv, *arguments);
	}
}

int git_run(const char *directory, const char *const *arguments, struct process_result *ret_result,
	struct failure *failure)
{
	struct string_list argv = { 0 };
	struct string_list env = { 0 };
	make_arguments(&argv, arguments);
	make_environment(&env);
	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.envp = (const char *const *)env.items,
		.directory = directory,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
	};
	int rc = process_run(&spec, ret_result);
	string_list_finish(&argv);
	string_list_finish(&env);
	if (rc == -ENOENT && access(directory, X_OK) == 0) {
		return failure_set(failure, EXIT_GIT, "git is not installed: apt-get install git");
	}
	if (rc < 0) {
		return failure_set(
			failure, EXIT_GIT, "cannot run git in %s: %s", directory, strerror(-rc));
	}
	return 0;
}
