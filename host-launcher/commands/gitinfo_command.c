/* SPDX-License-Identifier: MIT */
#include "host-launcher/commands/gitinfo_command.h"

#include <stdio.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/git/gitinfo.h"
#include "host-launcher/results/results.h"

static void print_json(const struct gitinfo *git, const struct env_list *env)
{
	json_auto_t *object = env_list_to_json(env);
	json_t *changes = json_array();
	for (size_t i = 0; i < git->changes.count; i++) {
		json_array_append_new(changes, json_string(git->changes.items[i]));
	}
	json_object_set_new(object, "changes", changes);
	json_dumpf(object, stdout, JSON_INDENT(2));
	putchar('\n');
}

static void print_table(const struct env_list *env)
{
	for (size_t i = 0; i < env->pairs.count; i++) {
		const char *pair = env->pairs.items[i];
		int key = (int)strcspn(pair, "=");
		printf("%-26.*s %s\n", key, pair, pair + key + 1);
	}
}

static void print(const struct options *options, const struct gitinfo *git)
{
	struct env_list env = { 0 };
	gitinfo_to_env(git, &env);
	if (options->json) {
		print_json(git, &env);
	} else if (options->env_format) {
		struct buffer lines = { 0 };
		env_list_to_shell(&env, &lines);
		fputs(buffer_text(&lines), stdout);
		buffer_finish(&lines);
	} else {
		print_table(&env);
	}
	env_list_finish(&env);
}

/* The folders of results do not count as changes, as little as they do for a build. */
static void find_results(
	const struct options *options, struct string_list *paths, char **ret_gathering)
{
	struct results results;
	struct failure ignored;
	if (results_init(options->artifacts, &results, &ignored) == 0) {
		results_paths(&results, "", paths);
		*ret_gathering = results_gathering(&results);
		results_finish(&results);
	}
}

int gitinfo_command(const struct options *options, struct failure *failure)
{
	struct string_list ignored = { 0 };
	autofree char *gathering = NULL;
	find_results(options, &ignored, &gathering);
	struct gitinfo_request request = {
		.source = options->words.count ? options->words.items[0] : ".",
		.base_branch = options->base_branch,
		.ref = options->git_ref,
		.no_merge_base = options->no_merge_base,
		.ignored = &ignored,
		.ignored_start = gathering,
	};
	struct gitinfo git;
	int rc = signals_watch();
	if (rc < 0) {
		string_list_finish(&ignored);
		return failure_set(
			failure, EXIT_INTERNAL, "cannot watch signals: %s", strerror(-rc));
	}
	rc = gitinfo_collect(&request, &git, failure);
	string_list_finish(&ignored);
	int signal = signals_read(signals_watched());
	if (signal && rc == 0) {
		gitinfo_finish(&git);
	}
	if (signal) {
		return failure_set(failure, EXIT_SIGNAL_BASE + signal, "stopped by signal %s",
			sigabbrev_np(signal));
	}
	if (rc < 0) {
		return -1;
	}
	print(options, &git);
	gitinfo_finish(&git);
	return 0;
}
