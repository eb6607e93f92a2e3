/* SPDX-License-Identifier: MIT */
/* The questions of gitinfo_find.h. */
#include "host-launcher/git/gitinfo_find.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/git/git.h"
#include "host-launcher/git/git_describe.h"

#define BASE_BRANCH_PATH "config/base_branch"
#define CHANGELOG_PATH   "debian/changelog"
#define HEADS            "refs/heads/"
#define TAGS             "refs/tags/"
#define COMMIT_FORMAT    "--format=%H %h %ct %D" /* a line of gitinfo_asking's history */

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

static void add_words(struct string_list *words, const char *const *more)
{
	for (; *more; more++) {
		string_list_add(words, *more);
	}
}

/* A pattern that fits one ref gives that or nothing, where the name of one that is not there would
 * be an error; without a sign of a pattern in it, it would be one for all refs below. */
static void ask_for_base(const char *base_branch, struct string_list *words)
{
	if (base_branch) {
		string_list_take(words, alloc_printf("--glob=[h]eads/%s", base_branch));
		string_list_take(words, alloc_printf("--glob=[r]emotes/origin/%s", base_branch));
	}
}

static void ask_for_tree(const struct gitinfo_asking *asking, struct string_list *words)
{
	add_words(words, GIT("rev-parse", "--show-toplevel", "--is-shallow-repository",
				 "--show-object-format", "--absolute-git-dir", "--git-path",
				 "objects", "HEAD^{commit}"));
	ask_for_base(asking->info->base_branch, words);
	add_words(words, GIT("--symbolic-full-name", "HEAD", "--tags"));
}

/* Of the base branch there are none, one or two, and the one at origin, which is the last, counts.
 * Gives the first line behind, for the caller to free: a name of a ref, so no hash. */
static char *read_base(struct gitinfo *info, const char **answer)
{
	char *line = next_line(answer);
	while (strcmp(line, "HEAD") != 0 && strncmp(line, "refs/", strlen("refs/")) != 0 && *line) {
		free(info->base_commit);
		info->base_commit = line;
		line = next_line(answer);
	}
	return line;
}

static void read_tags(struct gitinfo *info, const char *answer)
{
	while (*answer) {
		autofree char *name = next_line(&answer);
		if (strncmp(name, TAGS, strlen(TAGS)) == 0) {
			string_list_add(&info->tags, name + strlen(TAGS));
		}
	}
}

/* The answers in the order of the questions. */
static int read_tree(struct gitinfo *info, const char *answer, struct failure *failure)
{
	autofree char *top = next_line(&answer);
	autofree char *shallow = next_line(&answer);
	info->object_format = next_line(&answer);
	info->git_dir = next_line(&answer);
	autofree char *objects = next_line(&answer);
	info->commit = next_line(&answer);
	autofree char *head = read_base(info, &answer);
	read_tags(info, answer);
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

static int take_tree(
	struct gitinfo_asking *asking, const struct process_result *result, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	if (result->code == 0) {
		return read_tree(info, buffer_text(&result->output), failure);
	}
	if (strstr(buffer_text(&result->errors), "HEAD^{commit}")) {
		return failure_set(
			failure, EXIT_GIT, "%s has no commit yet: git commit first", info->source);
	}
	return git_explain(info->source, buffer_text(&result->errors), failure);
}

static void ask_for_configuration(const struct gitinfo_asking *asking, struct string_list *words)
{
	(void)asking;
	add_words(words, GIT("config", "-z", "--get-regexp",
				 "^(remote\\.origin\\.url|core\\.sparsecheckout)$"));
}

static int take_configuration(
	struct gitinfo_asking *asking, const struct process_result *result, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	static const char remote[] = "remote.origin.url\n";
	static const char sparse[] = "core.sparsecheckout\n";
	const char *item = buffer_text(&result->output);
	const char *end = item + result->output.length;
	(void)failure;
	for (; item < end; item += strlen(item) + 1) {
		if (strncmp(item, remote, strlen(remote)) == 0 && !info->remote) {
			info->remote = alloc_copy(item + strlen(remote));
			git_rule_redact(info->remote);
		} else if (strncmp(item, sparse, strlen(sparse)) == 0) {
			info->sparse = strcmp(item + strlen(sparse), "true") == 0;
		}
	}
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

static void ask_for_history(const char *commit, struct string_list *words)
{
	string_list_add(words, "log");
	string_list_take(words, alloc_printf("--max-count=%d", GIT_DESCRIBE_COMMITS));
	/* That a user wants to see less of them is for people. */
	add_words(words, GIT("--decorate-refs=refs/tags/*", COMMIT_FORMAT, commit, "--"));
}

static void ask_for_history_of_head(const struct gitinfo_asking *asking, struct string_list *words)
{
	(void)asking;
	ask_for_history("HEAD", words);
}

static int take_history(
	struct gitinfo_asking *asking, const struct process_result *result, struct failure *failure)
{
	if (result->code != 0) {
		return git_explain(asking->info->source, buffer_text(&result->errors), failure);
	}
	free(asking->history);
	asking->history = alloc_copy(buffer_text(&result->output));
	return 0;
}

/* The line of a commit in the history, or NULL. */
static const char *find_in_history(const struct gitinfo_asking *asking, const char *commit)
{
	size_t length = strlen(commit);
	const char *line = asking->history;
	while (line && (strncmp(line, commit, length) != 0 || line[length] != ' ')) {
		line = strchr(line, '\n');
		line = line ? line + 1 : NULL;
	}
	return line;
}

/* Somebody may have committed between two questions. */
static int check_history(struct gitinfo_asking *asking, struct failure *failure)
{
	const char *commit = asking->info->commit;
	struct string_list words = { 0 };
	struct process_result result;
	if (find_in_history(asking, commit) == asking->history) {
		return 0;
	}
	ask_for_history(commit, &words);
	int rc = git_run(asking->info->source, (const char *const *)words.items, &result, failure);
	string_list_finish(&words);
	if (rc == 0) {
		rc = take_history(asking, &result, failure);
		process_result_finish(&result);
	}
	return rc;
}

static int find_tag(const struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	return git_rule_is_tagged(asking->history)
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
	if (check_history(asking, failure) < 0 || find_tag(asking, failure) < 0) {
		return -1;
	}
	if (!info->base_commit) {
		return failure_set(failure, EXIT_GIT,
			"the base branch %s is neither here nor at origin: git fetch origin "
			"%s:refs/remotes/origin/%s, or correct " BASE_BRANCH_PATH,
			info->base_branch, info->base_branch, info->base_branch);
	}
	return find_ref(asking->request, info, failure);
}

int gitinfo_find_contained(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	autofree char *nothing = NULL;
	int rc = find_in_history(asking, info->base_commit)
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

/* For a pattern of git's, where a backslash makes a letter of anything. */
static void append_literally(struct buffer *pattern, const char *path)
{
	for (; *path; path++) {
		if (strchr("*?[\\", *path)) {
			buffer_append_text(pattern, "\\");
		}
		buffer_append(pattern, path, 1);
	}
}

static void exclude_start(const struct gitinfo *info, const char *start, struct string_list *words)
{
	const char *path = start ? inside(info->source, start) : NULL;
	struct buffer pattern = { 0 };
	if (path) {
		buffer_append_text(&pattern, ":(exclude,top)");
		append_literally(&pattern, path);
		buffer_append_text(&pattern, "*");
		string_list_take(words, buffer_steal(&pattern));
	}
}

static void ask_for_changes(const struct gitinfo_asking *asking, struct string_list *words)
{
	const struct string_list *ignored = asking->request->ignored;
	add_words(words, GIT("status", "--porcelain=v1", "-z", "--untracked-files=normal",
				 "--ignore-submodules=none", "--", "."));
	for (size_t i = 0; ignored && i < ignored->count; i++) {
		const char *path = inside(asking->info->source, ignored->items[i]);
		if (path) {
			string_list_take(words, alloc_printf(":(exclude,top,literal)%s", path));
		}
	}
	exclude_start(asking->info, asking->request->ignored_start, words);
}

static int take_changes(
	struct gitinfo_asking *asking, const struct process_result *result, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	if (result->code != 0) {
		return git_explain(info->source, buffer_text(&result->errors), failure);
	}
	git_rule_changes(buffer_text(&result->output), result->output.length, &info->changes);
	return 0;
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

/* Short hash, owned by the caller, and date, from a line in COMMIT_FORMAT. */
static void take_commit(const char *line, char **ret_short, int64_t *ret_date_s)
{
	line += strcspn(line, " ");
	line += *line == ' ';
	*ret_short = next_word(&line);
	*ret_date_s = strtoll(line, NULL, 10);
}

int gitinfo_find_dates(struct gitinfo_asking *asking, struct failure *failure)
{
	struct gitinfo *info = asking->info;
	struct git_place place = { .directory = info->source };
	autofree char *answer = NULL;
	autofree char *changelog = NULL;
	const char *base = find_in_history(asking, info->base_commit);
	if (!base && git_need(&place,
			     GIT("log", "--max-count=1", COMMIT_FORMAT, info->base_commit, "--"),
			     &answer, failure) < 0) {
		return -1;
	}
	take_commit(asking->history, &info->commit_short, &info->source_date_epoch_s);
	take_commit(base ? base : answer, &info->base_short, &asking->base_date_s);
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
	struct git_describe_question question = {
		.commit = info->commit,
		.tag = info->tag,
		.history = asking->history,
	};
	return git_describe(&place, &question, &info->describe, failure);
}

/* What is asked first, all at once, for nearly all of the time goes into waiting for git. Begun
 * from the last on, as that takes longest. */
static const struct {
	void (*ask)(const struct gitinfo_asking *asking, struct string_list *words);
	int (*take)(struct gitinfo_asking *asking, const struct process_result *result,
		struct failure *failure);
} questions[] = {
	{ ask_for_tree, take_tree },
	{ ask_for_configuration, take_configuration },
	{ ask_for_changes, take_changes },
	{ ask_for_history_of_head, take_history },
};

enum {
	QUESTIONS = sizeof(questions) / sizeof(questions[0]),
};

static int begin(const struct gitinfo_asking *asking, size_t number,
	struct git_question **ret_question, struct failure *failure)
{
	struct git_place place = { .directory = asking->info->source };
	struct string_list words = { 0 };
	questions[number].ask(asking, &words);
	int rc = git_begin(&place, (const char *const *)words.items, ret_question, failure);
	string_list_finish(&words);
	return rc;
}

static int end(struct gitinfo_asking *asking, size_t number, struct git_question *question,
	struct failure *failure)
{
	struct process_result result;
	if (git_answer(question, &result, failure) < 0) {
		return -1;
	}
	int rc = questions[number].take(asking, &result, failure);
	process_result_finish(&result);
	return rc;
}

/* Of several failures the first is told: the others may come of it; that there is no name of a base
 * branch in something that is no work tree comes last. */
int gitinfo_find_basics(struct gitinfo_asking *asking, struct failure *failure)
{
	struct failure no_name;
	bool has_name = find_base_branch(asking->request, asking->info, &no_name) == 0;
	struct git_question *asked[QUESTIONS];
	size_t left = QUESTIONS;
	int rc = 0;
	while (rc == 0 && left > 0) {
		rc = begin(asking, left - 1, &asked[left - 1], failure);
		left -= rc == 0;
	}
	for (size_t i = left; i < QUESTIONS; i++) {
		struct failure other;
		if (end(asking, i, asked[i], rc == 0 ? failure : &other) < 0) {
			rc = -1;
		}
	}
	if (rc == 0 && !has_name) {
		*failure = no_name;
		return -1;
	}
	return rc;
}
