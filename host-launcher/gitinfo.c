/* SPDX-License-Identifier: MIT */
#include "host-launcher/gitinfo.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/alloc.h"
#include "host-launcher/file.h"
#include "host-launcher/git.h"
#include "host-launcher/git_rule.h"

#define BASE_BRANCH_PATH "config/base_branch"
#define CHANGELOG_PATH   "debian/changelog"

#define GIT(...) ((const char *const[]) { __VA_ARGS__, NULL })

/* One answer without its final newline: 1 and a string the caller owns, 0 when git says no. */
static int ask(const char *source, const char *const *arguments, char **ret_answer,
	struct failure *failure)
{
	struct process_result result;
	if (git_run(source, arguments, &result, failure) < 0) {
		return -1;
	}
	int rc = result.code == 0;
	if (rc) {
		char *answer = buffer_steal(&result.output);
		size_t length = strlen(answer);
		if (length && answer[length - 1] == '\n') {
			answer[length - 1] = '\0';
		}
		*ret_answer = answer;
	}
	process_result_finish(&result);
	return rc;
}

/* As ask(), where git must have an answer. */
static int need(const char *source, const char *const *arguments, char **ret_answer,
	struct failure *failure)
{
	int rc = ask(source, arguments, ret_answer, failure);
	if (rc == 0) {
		return failure_set(failure, EXIT_GIT, "git %s failed in %s", arguments[0], source);
	}
	return rc < 0 ? -1 : 0;
}

static int explain_no_tree(const char *source, const char *errors, struct failure *failure)
{
	if (strstr(errors, "dubious ownership")) {
		return failure_set(failure, EXIT_GIT,
			"%s belongs to another user, so git does not trust it: run berth as its "
			"owner "
			"(sudo keeps that trust), or git config --global --add safe.directory %s",
			source, source);
	}
	if (strstr(errors, "not a git repository")) {
		return failure_set(failure, EXIT_GIT,
			"%s is no git work tree: name one, or git init and commit there", source);
	}
	return failure_set(failure, EXIT_GIT, "git cannot read %s: %.*s", source,
		(int)strcspn(errors, "\n"), errors);
}

static int check_tree(const char *source, struct gitinfo *info, struct failure *failure)
{
	struct process_result result;
	if (git_run(source, GIT("rev-parse", "--show-toplevel"), &result, failure) < 0) {
		return -1;
	}
	int rc = 0;
	if (result.code != 0) {
		rc = explain_no_tree(source, buffer_text(&result.errors), failure);
	} else {
		autofree char *top = buffer_steal(&result.output);
		top[strcspn(top, "\n")] = '\0';
		info->source = alloc_copy(source);
		if (strcmp(top, source) != 0) {
			rc = failure_set(failure, EXIT_GIT,
				"%s is not the top of its git work tree: give %s", source, top);
		}
	}
	process_result_finish(&result);
	return rc;
}

static int find_head(struct gitinfo *info, struct failure *failure)
{
	const char *source = info->source;
	int rc = ask(source, GIT("rev-parse", "--quiet", "--verify", "HEAD^{commit}"),
		&info->commit, failure);
	if (rc == 0) {
		return failure_set(
			failure, EXIT_GIT, "%s has no commit yet: git commit first", source);
	}
	if (rc < 0 ||
		ask(source, GIT("symbolic-ref", "--quiet", "--short", "HEAD"), &info->branch,
			failure) < 0 ||
		ask(source, GIT("describe", "--tags", "--exact-match", "HEAD"), &info->tag,
			failure) < 0 ||
		need(source, GIT("describe", "--tags", "--always", "--abbrev=12", "HEAD"),
			&info->describe, failure) < 0) {
		return -1;
	}
	autofree char *shallow = NULL;
	if (need(source, GIT("rev-parse", "--is-shallow-repository"), &shallow, failure) < 0) {
		return -1;
	}
	info->shallow = strcmp(shallow, "true") == 0;
	return 0;
}

static const char *get_environment(const char *name, void *user)
{
	(void)user;
	return getenv(name);
}

static int find_ref(
	const struct gitinfo_request *request, struct gitinfo *info, struct failure *failure)
{
	struct git_ref_question question = {
		.head = info->commit,
		.tag = info->tag,
		.branch = info->branch,
		.asked = request->ref,
		.get = get_environment,
	};
	return git_rule_ref(&question, &info->ref, failure);
}

static int find_base_branch(
	const struct gitinfo_request *request, struct gitinfo *info, struct failure *failure)
{
	autofree char *path = alloc_printf("%s/%s", info->source, BASE_BRANCH_PATH);
	autofree char *text = NULL;
	if (request->base_branch) {
		text = alloc_copy(request->base_branch);
	} else {
		int rc = file_read_text(path, &text);
		if (rc < 0) {
			return failure_set(failure, EXIT_GIT,
				"cannot read %s: %s; write the name of the base branch there, or "
				"give "
				"--base-branch",
				path, strerror(-rc));
		}
	}
	if (git_rule_base_branch(text, &info->base_branch) < 0) {
		return failure_set(failure, EXIT_GIT, "the first line of %s is no name of a branch",
			request->base_branch ? "--base-branch" : path);
	}
	return 0;
}

static int find_base(struct gitinfo *info, struct failure *failure)
{
	static const char *const places[] = { "refs/remotes/origin", "refs/heads" };
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(places) / sizeof(places[0]); i++) {
		autofree char *name = alloc_printf("%s/%s^{commit}", places[i], info->base_branch);
		rc = ask(info->source, GIT("rev-parse", "--quiet", "--verify", name),
			&info->base_commit, failure);
	}
	if (rc == 0) {
		return failure_set(failure, EXIT_GIT,
			"the base branch %s is neither here nor at origin: git fetch origin "
			"%s:refs/remotes/origin/%s, or correct " BASE_BRANCH_PATH,
			info->base_branch, info->base_branch, info->base_branch);
	}
	autofree char *nothing = NULL;
	int contained = rc < 0 ? -1
			       : ask(info->source,
					 GIT("merge-base", "--is-ancestor", info->base_commit,
						 info->commit),
					 &nothing, failure);
	info->base_contained = contained > 0;
	return contained < 0 ? -1 : 0;
}

static int find_date(struct gitinfo *info, struct failure *failure)
{
	autofree char *path = alloc_printf("%s/%s", info->source, CHANGELOG_PATH);
	autofree char *text = NULL;
	int rc = file_read_text(path, &text);
	if (rc == 0) {
		rc = git_rule_changelog_date(text, &info->source_date_epoch_s);
		return rc == 0 ? 0
			       : failure_set(failure, EXIT_GIT, "%s has no entry with a valid date",
					 path);
	}
	if (rc != -ENOENT && rc != -ENOTDIR) {
		return failure_set(failure, EXIT_GIT, "cannot read %s: %s", path, strerror(-rc));
	}
	autofree char *date = NULL;
	if (need(info->source, GIT("log", "-1", "--format=%ct", "HEAD"), &date, failure) < 0) {
		return -1;
	}
	info->source_date_epoch_s = strtoll(date, NULL, 10);
	return 0;
}

/* `path` relative to the source, or NULL when it lies elsewhere. Both are absolute. */
static const char *inside(const char *source, const char *path)
{
	size_t length = strlen(source);
	return strncmp(path, source, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

static int find_changes(
	const struct gitinfo_request *request, struct gitinfo *info, struct failure *failure)
{
	struct string_list arguments = { 0 };
	static const char *const first[] = {
		"status",
		"--porcelain=v1",
		"-z",
		"--untracked-files=normal",
		"--ignore-submodules=none",
		"--",
		".",
	};
	for (size_t i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		string_list_add(&arguments, first[i]);
	}
	for (size_t i = 0; request->ignored && i < request->ignored->count; i++) {
		const char *path = inside(info->source, request->ignored->items[i]);
		if (path) {
			string_list_take(
				&arguments, alloc_printf(":(exclude,top,literal)%s", path));
		}
	}
	struct process_result result;
	int rc = git_run(info->source, (const char *const *)arguments.items, &result, failure);
	string_list_finish(&arguments);
	if (rc < 0) {
		return -1;
	}
	if (result.code != 0) {
		rc = explain_no_tree(info->source, buffer_text(&result.errors), failure);
	} else {
		git_rule_changes(buffer_text(&result.output), result.output.length, &info->changes);
	}
	process_result_finish(&result);
	return rc;
}

static int collect(
	const struct gitinfo_request *request, struct gitinfo *info, struct failure *failure)
{
	autofree char *source = realpath(request->source, NULL);
	struct stat status;
	if (!source || stat(source, &status) < 0) {
		return failure_set(failure, EXIT_GIT, "no source tree at %s: %s", request->source,
			strerror(errno));
	}
	if (!S_ISDIR(status.st_mode)) {
		return failure_set(failure, EXIT_GIT, "%s is not a directory", source);
	}
	if (check_tree(source, info, failure) < 0 || find_head(info, failure) < 0 ||
		find_ref(request, info, failure) < 0 ||
		find_base_branch(request, info, failure) < 0 || find_base(info, failure) < 0 ||
		find_date(info, failure) < 0 || find_changes(request, info, failure) < 0) {
		return -1;
	}
	autofree char *git = alloc_printf("%s/.git", source);
	info->git_is_directory = stat(git, &status) == 0 && S_ISDIR(status.st_mode);
	info->feature_commit = alloc_copy(info->commit);
	return 0;
}

int gitinfo_collect(
	const struct gitinfo_request *request, struct gitinfo *ret_info, struct failure *failure)
{
	struct gitinfo info = { 0 };
	if (collect(request, &info, failure) < 0) {
		gitinfo_finish(&info);
		return -1;
	}
	*ret_info = info;
	return 0;
}

bool gitinfo_is_release(const struct gitinfo *info)
{
	return info->tag != NULL;
}

void gitinfo_to_env(const struct gitinfo *info, struct env_list *env)
{
	char epoch[32];
	snprintf(epoch, sizeof(epoch), "%" PRId64, info->source_date_epoch_s);
	const struct {
		const char *key;
		const char *value;
	} facts[] = {
		{ "GIT_COMMIT", info->commit },
		{ "GIT_REF", info->ref },
		{ "BASE_BRANCH_GIT_COMMIT", info->base_commit },
		{ "FEATURE_BRANCH_GIT_COMMIT", info->feature_commit },
		{ "SOURCE_DATE_EPOCH", epoch },
		{ "BERTH_BASE_BRANCH", info->base_branch },
		{ "BERTH_GIT_DESCRIBE", info->describe },
		{ "BERTH_GIT_TAG", info->tag ? info->tag : "" },
		{ "BERTH_GIT_DIRTY", info->changes.count ? "1" : "0" },
		{ "BERTH_GIT_SHALLOW", info->shallow ? "1" : "0" },
		{ "BERTH_RELEASE", gitinfo_is_release(info) ? "1" : "0" },
	};
	for (size_t i = 0; i < sizeof(facts) / sizeof(facts[0]); i++) {
		env_list_set(env, facts[i].key, facts[i].value);
	}
}

void gitinfo_finish(struct gitinfo *info)
{
	char *texts[] = {
		info->source,
		info->commit,
		info->ref,
		info->branch,
		info->tag,
		info->describe,
		info->base_branch,
		info->base_commit,
		info->feature_commit,
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		free(texts[i]);
	}
	string_list_finish(&info->changes);
	*info = (struct gitinfo) { 0 };
}
