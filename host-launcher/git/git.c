/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/signals.h"
#include "host-launcher/git/git_rule.h"

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

static void make_environment(const struct string_list *more, struct string_list *env)
{
	for (char **pair = environ; *pair; pair++) {
		if (git_keeps_variable(*pair)) {
			string_list_add(env, *pair);
		}
	}
	string_list_add(env, "GIT_OPTIONAL_LOCKS=0");
	string_list_add(env, "GIT_TERMINAL_PROMPT=0");
	/* Or `git log` writes each line of a history by itself. */
	string_list_add(env, "GIT_FLUSH=0");
	string_list_add(env, "LC_ALL=C");
	for (size_t i = 0; more && i < more->count; i++) {
		string_list_add(env, more->items[i]);
	}
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

struct git_question {
	struct process *process;
	char *directory;
};

static int explain_error(const char *directory, int error, struct failure *failure)
{
	if (error == -ENOENT && access(directory, X_OK) == 0) {
		return failure_set(failure, EXIT_GIT, "git is not installed: apt-get install git");
	}
	return failure_set(
		failure, EXIT_GIT, "cannot run git in %s: %s", directory, strerror(-error));
}

int git_begin(const struct git_place *place, const char *const *arguments,
	struct git_question **ret_question, struct failure *failure)
{
	struct string_list argv = { 0 };
	struct string_list env = { 0 };
	make_arguments(&argv, arguments);
	make_environment(place->env, &env);
	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.envp = (const char *const *)env.items,
		.directory = place->directory,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
		.signal_fd = signals_watched() < 0 ? 0 : signals_watched(),
		.in_our_group = true,
	};
	struct process *process;
	int rc = process_begin(&spec, &process);
	string_list_finish(&argv);
	string_list_finish(&env);
	if (rc < 0) {
		return explain_error(place->directory, rc, failure);
	}
	struct git_question *question = alloc_zero(1, sizeof(*question));
	*question = (struct git_question) {
		.process = process,
		.directory = alloc_copy(place->directory),
	};
	*ret_question = question;
	return 0;
}

int git_answer(
	struct git_question *question, struct process_result *ret_result, struct failure *failure)
{
	autofree char *directory = question->directory;
	int rc = process_end(question->process, ret_result);
	free(question);
	if (rc < 0) {
		return explain_error(directory, rc, failure);
	}
	if (ret_result->signal) {
		/* It is not for us to say what it means: whoever watches finds it again. */
		kill(getpid(), ret_result->signal);
		process_result_finish(ret_result);
		return failure_set(failure, EXIT_GIT, "git was stopped in %s", directory);
	}
	return 0;
}

int git_run_at(const struct git_place *place, const char *const *arguments,
	struct process_result *ret_result, struct failure *failure)
{
	struct git_question *question;
	return git_begin(place, arguments, &question, failure) < 0
		       ? -1
		       : git_answer(question, ret_result, failure);
}

int git_run(const char *directory, const char *const *arguments, struct process_result *ret_result,
	struct failure *failure)
{
	struct git_place place = { .directory = directory };
	return git_run_at(&place, arguments, ret_result, failure);
}

int git_explain(const char *directory, const char *errors, struct failure *failure)
{
	if (strstr(errors, "dubious ownership")) {
		return failure_set(failure, EXIT_GIT,
			"%s belongs to another user, so git does not trust it: run berth as its "
			"owner "
			"(sudo keeps that trust), or git config --global --add safe.directory %s",
			directory, directory);
	}
	if (strstr(errors, "not a git repository")) {
		return failure_set(failure, EXIT_GIT,
			"%s is no git work tree: name one, or git init and commit there",
			directory);
	}
	/* Of files that it checks out it does not say why. */
	if (strstr(errors, strerror(ENOSPC)) || strstr(errors, "unable to write ")) {
		return failure_set(failure, EXIT_WRITE,
			"git cannot write to %s: make room there, or name another folder with "
			"TMPDIR",
			directory);
	}
	/* Remarks may come before what counts. */
	const char *fatal = strstr(errors, "fatal: ");
	const char *line = fatal ? fatal : errors;
	autofree char *text = alloc_copy_range(line, strcspn(line, "\n"));
	git_rule_redact(text);
	return failure_set(failure, EXIT_GIT, "git cannot read %s: %s", directory, text);
}

/* The answer of a run that succeeded. */
static char *take_answer(struct process_result *result)
{
	char *answer = buffer_steal(&result->output);
	size_t length = strlen(answer);
	if (length && answer[length - 1] == '\n') {
		answer[length - 1] = '\0';
	}
	return answer;
}

int git_ask(const struct git_place *place, const char *const *arguments, char **ret_answer,
	struct failure *failure)
{
	struct process_result result;
	if (git_run_at(place, arguments, &result, failure) < 0) {
		return -1;
	}
	int rc = result.code == 0;
	if (rc) {
		*ret_answer = take_answer(&result);
	}
	process_result_finish(&result);
	return rc;
}

int git_need(const struct git_place *place, const char *const *arguments, char **ret_answer,
	struct failure *failure)
{
	struct process_result result;
	if (git_run_at(place, arguments, &result, failure) < 0) {
		return -1;
	}
	int rc = 0;
	if (result.code == 0) {
		*ret_answer = take_answer(&result);
	} else {
		rc = git_explain(place->directory, buffer_text(&result.errors), failure);
	}
	process_result_finish(&result);
	return rc;
}
