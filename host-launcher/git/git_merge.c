/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_merge.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/git_rule.h"

enum {
	/* Of the files that conflict, so many are listed. */
	CONFLICTS_SHOWN = 20,
};

/* A path as git wants it in a list: in quotes, since it may hold the colon that parts them. */
static char *quoted(const char *path)
{
	struct buffer text = { 0 };
	buffer_append_text(&text, "\"");
	for (const char *c = path; *c; c++) {
		buffer_append(&text, "\\", *c == '"' || *c == '\\');
		buffer_append(&text, c, 1);
	}
	buffer_append_text(&text, "\"");
	return buffer_steal(&text);
}

static int make_environment(
	const struct git_merge_request *request, struct git_merge *merge, struct failure *failure)
{
	autofree char *objects = alloc_printf("%s/objects", request->scratch);
	autofree char *alternate = quoted(request->objects);
	if (mkdir(objects, 0755) < 0 && errno != EEXIST) {
		return failure_set(
			failure, EXIT_WRITE, "cannot create %s: %s", objects, strerror(errno));
	}
	string_list_take(&merge->env, alloc_printf("GIT_OBJECT_DIRECTORY=%s", objects));
	string_list_take(
		&merge->env, alloc_printf("GIT_ALTERNATE_OBJECT_DIRECTORIES=%s", alternate));
	return 0;
}

/* The output after the tree: names, each with a NUL behind it. */
static int refuse_conflicts(const struct git_merge_request *request, const struct buffer *output,
	struct failure *failure)
{
	struct buffer list = { 0 };
	const char *end = output->data + output->length;
	const char *name = output->data + strlen(output->data) + 1;
	size_t count = 0;
	for (; name < end && *name; name += strlen(name) + 1) {
		if (count++ < CONFLICTS_SHOWN) {
			buffer_printf(&list, "\n  %s", name);
		}
	}
	if (count > CONFLICTS_SHOWN) {
		buffer_printf(&list, "\n  and %zu more", count - CONFLICTS_SHOWN);
	}
	failure_fill(failure, EXIT_GIT,
		"merging the base branch %s (%.12s) into %s conflicts: merge it yourself, or build "
		"without with --no-merge-base (nomergebasebranch)%s",
		request->base_branch, request->theirs, request->ref, buffer_text(&list));
	buffer_finish(&list);
	return -1;
}

static int explain(
	const struct git_merge_request *request, const char *errors, struct failure *failure)
{
	if (strstr(errors, "unrelated histories")) {
		return failure_set(failure, EXIT_GIT,
			"the base branch %s and %s have no commit in common%s, so they cannot be "
			"merged; build without with --no-merge-base",
			request->base_branch, request->ref,
			request->shallow ? " in this shallow clone (git fetch --unshallow)" : "");
	}
	if (strstr(errors, "write-tree")) {
		return failure_set(failure, EXIT_GIT,
			"this git cannot merge without a checkout: install 2.38 or newer, merge %s "
			"yourself, or give --no-merge-base",
			request->base_branch);
	}
	bool full = strstr(errors, strerror(ENOSPC)) || strstr(errors, "unable to write ");
	return git_explain(full ? request->scratch : request->source, errors, failure);
}

/* git 2.39 merges without what it cannot read, says so, and calls that a success. */
static bool has_errors(const char *errors)
{
	for (const char *line = errors; *line; line += *line == '\n') {
		if (strncmp(line, "error: ", 7) == 0 || strncmp(line, "fatal: ", 7) == 0) {
			return true;
		}
		line += strcspn(line, "\n");
	}
	return false;
}

/* What a user's configuration would change is set: a merge has one outcome. */
static int merge_trees(const struct git_merge_request *request, const struct git_place *place,
	char **ret_tree, struct failure *failure)
{
	struct process_result result;
	if (git_run_at(place,
		    GIT("-c", "merge.renames=true", "-c", "merge.directoryRenames=conflict", "-c",
			    "merge.renormalize=false", "-c", "merge.renameLimit=7000", "-c",
			    "diff.algorithm=myers", "merge-tree", "--write-tree", "-z",
			    "--name-only", "--no-messages", request->ours, request->theirs),
		    &result, failure) < 0) {
		return -1;
	}
	int rc = 0;
	bool broken = has_errors(buffer_text(&result.errors));
	if (result.code == 0 && !broken) {
		*ret_tree = alloc_copy(buffer_text(&result.output));
	} else if (result.code == 1 && result.output.length && !broken) {
		rc = refuse_conflicts(request, &result.output, failure);
	} else {
		rc = explain(request, buffer_text(&result.errors), failure);
	}
	process_result_finish(&result);
	return rc;
}

/* Replaces the date by that of the tree's changelog, where it has one. */
static int find_date(const struct git_merge_request *request, const struct git_place *place,
	const char *tree, int64_t *date_s, struct failure *failure)
{
	autofree char *name = alloc_printf("%s:debian/changelog", tree);
	autofree char *text = NULL;
	int rc = git_ask(place, GIT("cat-file", "blob", name), &text, failure);
	if (rc > 0 && git_rule_changelog_date(text, date_s) < 0) {
		return failure_set(failure, EXIT_GIT,
			"debian/changelog, after the merge of %s, has no entry with a valid date",
			request->base_branch);
	}
	return rc < 0 ? -1 : 0;
}

static int commit_tree(const struct git_merge_request *request, const char *tree,
	struct git_merge *merge, struct failure *failure)
{
	static const char *const names[] = {
		"GIT_AUTHOR_NAME=berth",
		"GIT_AUTHOR_EMAIL=berth@localhost",
		"GIT_COMMITTER_NAME=berth",
		"GIT_COMMITTER_EMAIL=berth@localhost",
	};
	struct string_list env = { 0 };
	for (size_t i = 0; i < merge->env.count; i++) {
		string_list_add(&env, merge->env.items[i]);
	}
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		string_list_add(&env, names[i]);
	}
	string_list_take(&env, alloc_printf("GIT_AUTHOR_DATE=@%" PRId64 " +0000", merge->date_s));
	string_list_take(
		&env, alloc_printf("GIT_COMMITTER_DATE=@%" PRId64 " +0000", merge->date_s));
	autofree char *message = alloc_printf("Merge commit '%s' (%s) into %s", request->theirs,
		request->base_branch, request->ref);
	struct git_place place = { .directory = request->source, .env = &env };
	int rc = git_need(&place,
		GIT("-c", "i18n.commitEncoding=UTF-8", "commit-tree", tree, "-p", request->ours,
			"-p", request->theirs, "-m", message),
		&merge->commit, failure);
	string_list_finish(&env);
	return rc;
}

static int make(
	const struct git_merge_request *request, struct git_merge *merge, struct failure *failure)
{
	if (make_environment(request, merge, failure) < 0) {
		return -1;
	}
	struct git_place place = { .directory = request->source, .env = &merge->env };
	autofree char *nothing = NULL;
	autofree char *tree = NULL;
	int forward =
		git_ask(&place, GIT("merge-base", "--is-ancestor", request->ours, request->theirs),
			&nothing, failure);
	if (forward > 0) {
		merge->commit = alloc_copy(request->theirs);
		merge->date_s = request->their_date_s;
		return find_date(request, &place, request->theirs, &merge->date_s, failure);
	}
	merge->date_s = request->our_date_s;
	if (forward < 0 || merge_trees(request, &place, &tree, failure) < 0 ||
		find_date(request, &place, tree, &merge->date_s, failure) < 0) {
		return -1;
	}
	return commit_tree(request, tree, merge, failure);
}

int git_merge_make(const struct git_merge_request *request, struct git_merge *ret_merge,
	struct failure *failure)
{
	struct git_merge merge = { 0 };
	if (make(request, &merge, failure) < 0) {
		git_merge_finish(&merge);
		return -1;
	}
	*ret_merge = merge;
	return 0;
}

void git_merge_finish(struct git_merge *merge)
{
	free(merge->commit);
	string_list_finish(&merge->env);
	*merge = (struct git_merge) { 0 };
}
