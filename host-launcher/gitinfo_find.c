/* SPDX-License-Identifier: MIT */
/* The questions of gitinfo_find.h. */
#include "host-launcher/gitinfo_find.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/alloc.h"
#include "host-launcher/file.h"
#include "host-launcher/git.h"
#include "host-launcher/git_describe.h"

#define BASE_BRANCH_PATH "config/base_branch"
#define CHANGELOG_PATH   "debian/changelog"
#define HEADS            "refs/heads/"

/* One line of an answer, for the caller to free; moves on behind it. */
static char *next_line(const char **text)
{
	size_t length = strcspn(*text, "\n");
	char *line = alloc_copy_range(*text, length);
	*text += length + ((*text)[length] ? 1 : 0);
	return line;
}

/* The next line up to the blank, or all of it. */
static char *next_word(const char **text)
{
	size_t length = strcspn(*text, " \n");
	char *word = alloc_copy_range(*text, length);
	*text += length + ((*text)[length] ? 1 : 0);
	return word;
}

/* The answers to what is asked of `git rev-parse` below, in its order. */
static int take_tree(struct gitinfo *info, const char *answer, struct failure *failure)
{
	autofree char *top = next_line(&answer);
	autofree char *shallow = next_line(&answer);
	info->object_format = next_line(&answer);
	info->git_dir = next_line(&answer);
	autofree char *objects = next_line(&answer);
	info->commit = next_line(&answer);
	autofree char *head = next_line(&answer);
	info->shallow = strcmp(shallow, "true") == 0;
	if (strncmp(head, HEADS, strlen(HEADS)) == 0) {
		info->branch = alloc_copy(head + strlen(HEADS));
	}
	info->objects = *objects == '/' ? alloc_copy(objects)
					: alloc_printf("%s/%s", info->source, objects);
	if (strcmp(top, info->source) != 0) {
		return failure_set(failure, EXIT_GIT,
			"%s is not the top of its git work tree: give %s", info->source, top);
	}
	return 0;
}

int gitinfo_find_tree(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	const char *source = info->source;
	struct process_result result;
	if (git_run(source,
		    GIT("rev-parse", "--show-toplevel", "--is-shallow-repository",
			    "--show-object-format", "--absolute-git-dir", "--git-path", "objects",
			    "HEAD^{commit}", "--symbolic-full-name", "HEAD"),
		    &result, failure) < 0) {
		return -1;
	}
	int rc;
	if (result.code == 0) {
		rc = take_tree(info, buffer_text(&result.output), failure);
	} else if (strstr(buffer_text(&result.errors), "HEAD^{commit}")) {
		rc = failure_set(
			failure, EXIT_GIT, "%s has no commit yet: git commit first", source);
	} else {
		rc = git_explain(source, buffer_text(&result.errors), failure);
	}
	process_result_finish(&result);
	return rc;
}

int gitinfo_find_configuration(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	static const char remote[] = "remote.origin.url\n";
	static const char sparse[] = "core.sparsecheckout\n";
	struct process_result result;
	if (git_run_at(&place,
		    GIT("config", "-z", "--get-regexp",
			    "^(remote\\.origin\\.url|core\\.sparsecheckout)$"),
		    &result, failure) < 0) {
		return -1;
	}
	const char *item = buffer_text(&result.output);
	const char *end = item + result.output.length;
	for (; item < end; item += strlen(item) + 1) {
		if (strncmp(item, remote, strlen(remote)) == 0 && !info->remote) {
			info->remote = alloc_copy(item + strlen(remote));
			git_rule_redact(info->remote);
		} else if (strncmp(item, sparse, strlen(sparse)) == 0) {
			info->sparse = strcmp(item + strlen(sparse), "true") == 0;
		}
	}
	process_result_finish(&result);
	return 0;
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

/* git knows no refs: then there are none. */
int gitinfo_find_refs(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	autofree char *lines = NULL;
	if (find_base_branch(asking->request, info, failure) < 0 ||
		git_ask(&place, GIT("show-ref", "-d"), &lines, failure) < 0) {
		return -1;
	}
	git_rule_refs(lines ? lines : "", info->base_branch, &info->refs);
	return 0;
}

int gitinfo_find_history(struct gitinfo_asking *asking, struct failure *failure)
{
	struct git_place place = { .directory = asking->info->source };
	return git_describe_history(&place, "HEAD", &asking->history, failure);
}

static int find_tag(struct gitinfo *info, struct failure *failure)
{
	struct git_place place = { .directory = info->source };
	return git_refs_tag_at(&info->refs, info->commit)
		       ? git_ask(&place, GIT("describe", "--tags", "--exact-match", info->commit),
				 &info->tag, failure)
		       : 0;
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
	if (git_rule_ref(&question, &info->ref, failure) < 0) {
		return -1;
	}
	json_auto_t *text = json_string(info->ref);
	return text ? 0
		    : failure_set(failure, EXIT_GIT,
			      "the name of the branch or tag %s is not valid UTF-8: name it with "
			      "--git-ref",
			      info->ref);
}

int gitinfo_find_names(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	if (find_tag(info, failure) < 0) {
		return -1;
	}
	if (!info->refs.base) {
		return failure_set(failure, EXIT_GIT,
			"the base branch %s is neither here nor at origin: git fetch origin "
			"%s:refs/remotes/origin/%s, or correct " BASE_BRANCH_PATH,
			info->base_branch, info->base_branch, info->base_branch);
	}
	info->base_commit = alloc_copy(info->refs.base);
	return find_ref(asking->request, info, failure);
}

int gitinfo_find_contained(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	autofree char *nothing = NULL;
	int rc = strcmp(info->base_commit, info->commit) == 0
			 ? 1
			 : git_ask(&place,
				   GIT("merge-base", "--is-ancestor", info->base_commit,
					   info->commit),
				   &nothing, failure);
	info->base_contained = rc > 0;
	return rc < 0 ? -1 : 0;
}

/* `path` relative to the source, or NULL when it lies elsewhere. Both are absolute. */
static const char *inside(const char *source, const char *path)
{
	size_t length = strlen(source);
	return strncmp(path, source, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

int gitinfo_find_changes(struct gitinfo_asking *asking, struct failure *failure)
{
	const struct gitinfo_request *request = asking->request;
	struct gitinfo *info = asking->info;
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
		rc = git_explain(info->source, buffer_text(&result.errors), failure);
	} else {
		git_rule_changes(buffer_text(&result.output), result.output.length, &info->changes);
	}
	process_result_finish(&result);
	return rc;
}

static bool is_changed(const struct gitinfo *info, const char *path)
{
	for (size_t i = 0; i < info->changes.count; i++) {
		const char *changed = info->changes.items[i] + 3;
		size_t length = strlen(changed);
		bool folder = length && changed[length - 1] == '/';
		if (strcmp(changed, path) == 0 || (folder && strncmp(changed, path, length) == 0)) {
			return true;
		}
	}
	return false;
}

/* The changelog of the commit. Returns 1, 0 where there is none, -1. */
static int read_changelog(const struct gitinfo *info, char **ret_text, struct failure *failure)
{
	struct git_place place = { .directory = info->source };
	autofree char *path = alloc_printf("%s/%s", info->source, CHANGELOG_PATH);
	if (is_changed(info, CHANGELOG_PATH) || info->sparse) {
		return git_ask(
			&place, GIT("cat-file", "blob", "HEAD:" CHANGELOG_PATH), ret_text, failure);
	}
	int rc = file_read_text(path, ret_text);
	if (rc == -ENOENT || rc == -ENOTDIR) {
		return 0;
	}
	return rc == 0 ? 1
		       : failure_set(failure, EXIT_GIT, "cannot read %s: %s", path, strerror(-rc));
}

/* Of a commit, from the answer to `git log` below. */
struct commit_facts {
	char *short_id;
	int64_t date_s;
};

static struct commit_facts take_commit(const char **answer)
{
	struct commit_facts facts = { .short_id = next_word(answer) };
	autofree char *date = next_line(answer);
	facts.date_s = strtoll(date, NULL, 10);
	return facts;
}

int gitinfo_find_dates(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	autofree char *answer = NULL;
	autofree char *changelog = NULL;
	if (git_need(&place,
		    GIT("log", "--no-walk=unsorted", "--format=%h %ct", info->commit,
			    info->base_commit),
		    &answer, failure) < 0) {
		return -1;
	}
	const char *rest = answer;
	struct commit_facts head = take_commit(&rest);
	/* git names a commit once that is given twice. */
	struct commit_facts base =
		*rest ? take_commit(&rest)
		      : (struct commit_facts) { alloc_copy(head.short_id), head.date_s };
	info->commit_short = head.short_id;
	info->base_short = base.short_id;
	info->source_date_epoch_s = head.date_s;
	asking->base_date_s = base.date_s;
	int rc = read_changelog(info, &changelog, failure);
	if (rc > 0 && git_rule_changelog_date(changelog, &info->source_date_epoch_s) < 0) {
		return failure_set(failure, EXIT_GIT, "%s/%s has no entry with a valid date",
			info->source, CHANGELOG_PATH);
	}
	return rc < 0 ? -1 : 0;
}

int gitinfo_find_description(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	if (strncmp(asking->history, info->commit, strlen(info->commit)) != 0) {
		/* Somebody has committed since. */
		free(asking->history);
		asking->history = NULL;
		if (git_describe_history(&place, info->commit, &asking->history, failure) < 0) {
			return -1;
		}
	}
	struct git_describe_question question = {
		.commit = info->commit,
		.tag = info->tag,
		.history = asking->history,
		.refs = &info->refs,
	};
	return git_describe(&place, &question, &info->describe, failure);
}
