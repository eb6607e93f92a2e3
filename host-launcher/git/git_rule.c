/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_rule.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "host-launcher/base/alloc.h"

/* Names of a branch may be spelt as remote or full ones by CI systems. */
static const char *strip_prefixes(const char *name)
{
	static const char *const prefixes[] = { "refs/heads/", "refs/remotes/", "origin/" };
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0) {
			name += strlen(prefixes[i]);
		}
	}
	return name;
}

/* A subset of git-check-ref-format(1): what could do harm further on. */
static int is_ref_name(const char *name)
{
	if (*name == '\0' || *name == '-' || *name == '/' || strstr(name, "..")) {
		return 0;
	}
	for (const char *c = name; *c; c++) {
		if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("~^:?*[\\", *c)) {
			return 0;
		}
	}
	return 1;
}

static const char *get(const struct git_ref_question *question, const char *name)
{
	const char *value = question->get(name, question->user);
	return value && *value ? value : NULL;
}

static const char *ci_hint(const struct git_ref_question *question)
{
	static const char *const names[] = {
		"CHANGE_BRANCH",
		"BRANCH_NAME",
		"GIT_LOCAL_BRANCH",
		"GIT_BRANCH",
		"CI_COMMIT_REF_NAME",
		"GITHUB_HEAD_REF",
		"GITHUB_REF_NAME",
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *value = get(question, names[i]);
		if (value) {
			return strip_prefixes(value);
		}
	}
	return NULL;
}

/* CI tells what it checked out: if that is not what lies here, the workspace is stale. */
static int check_ci(
	const struct git_ref_question *question, const char *ref, struct failure *failure)
{
	bool jenkins = get(question, "JENKINS_URL") != NULL;
	const char *commit = get(question, "GIT_COMMIT");
	if ((jenkins || get(question, "CI")) && commit && strcmp(commit, question->head) != 0) {
		return failure_set(failure, EXIT_GIT,
			"%s says GIT_COMMIT is %s, but HEAD is %s: check the workspace out again",
			jenkins ? "Jenkins" : "CI", commit, question->head);
	}
	/* In a build of a change request the branch is called by the request's number. */
	const char *branch = get(question, "CHANGE_BRANCH") ? NULL : get(question, "GIT_BRANCH");
	if (jenkins && branch && !question->tag && strcmp(strip_prefixes(branch), ref) != 0) {
		return failure_set(failure, EXIT_GIT,
			"Jenkins says GIT_BRANCH is %s, but the ref is %s: check the workspace out "
			"again",
			branch, ref);
	}
	return 0;
}

int git_rule_ref(const struct git_ref_question *question, char **ret_ref, struct failure *failure)
{
	const char *ref = question->asked ? question->asked
			  : question->tag ? question->tag
					  : question->branch;
	if (!ref) {
		ref = ci_hint(question);
	}
	if (!ref) {
		return failure_set(failure, EXIT_GIT,
			"HEAD is detached and at no tag: check out a branch, or name one with "
			"--git-ref");
	}
	if (!is_ref_name(ref)) {
		return failure_set(
			failure, EXIT_GIT, "'%s' cannot be the name of a branch or tag", ref);
	}
	if (check_ci(question, ref, failure) < 0) {
		return -1;
	}
	*ret_ref = alloc_copy(ref);
	return 0;
}

static int parse_date(const char *date, size_t length, int64_t *ret_epoch_s)
{
	autofree char *line = alloc_copy_range(date, length);
	struct tm tm = { 0 };
	const char *end = strptime(line + strspn(line, " \t"), "%a, %d %b %Y %H:%M:%S %z", &tm);
	if (!end || end[strspn(end, " \t\r")] != '\0') {
		return -EINVAL;
	}
	long offset_s = tm.tm_gmtoff; /* timegm() clears it */
	int64_t epoch_s = timegm(&tm) - offset_s;
	if (epoch_s < 0) {
		return -EINVAL;
	}
	*ret_epoch_s = epoch_s;
	return 0;
}

int git_rule_changelog_date(const char *text, int64_t *ret_epoch_s)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");
		if (strncmp(line, " -- ", 4) == 0) {
			const char *close = memchr(line, '>', length);
			if (!close) {
				return -EINVAL;
			}
			close++;
			return parse_date(close, length - (size_t)(close - line), ret_epoch_s);
		}
		line += length + (line[length] ? 1 : 0);
	}
	return -EINVAL;
}

int git_rule_base_branch(const char *text, char **ret_branch)
{
	size_t length = strcspn(text, "\n");
	while (length && isspace((unsigned char)*text)) {
		text++;
		length--;
	}
	while (length && isspace((unsigned char)text[length - 1])) {
		length--;
	}
	autofree char *branch = alloc_copy_range(text, length);
	if (!is_ref_name(branch)) {
		return -EINVAL;
	}
	*ret_branch = branch;
	branch = NULL;
	return 0;
}

void git_rule_changes(const char *text, size_t length, struct string_list *changes)
{
	const char *end = text + length;
	while (text < end) {
		size_t item = strnlen(text, (size_t)(end - text));
		string_list_take(changes, alloc_copy_range(text, item));
		/* A rename or copy is followed by the path it came from. */
		int skip = *text == 'R' || *text == 'C';
		text += item + 1;
		if (skip && text < end) {
			text += strnlen(text, (size_t)(end - text)) + 1;
		}
	}
}

/* Where the words of a URL end. */
static bool ends_url(char c)
{
	return c == '\0' || isspace((unsigned char)c) || strchr("'\"<>", c);
}

static void cover(char *from, const char *end)
{
	for (; from < end; from++) {
		*from = '*';
	}
}

void git_rule_redact(char *text)
{
	while ((text = strstr(text, "://"))) {
		char *host = text + strlen("://");
		char *at = NULL;
		/* A password may hold an @ of its own: the last one before the path counts. */
		char *end = host;
		for (; !ends_url(*end) && *end != '/' && *end != '?' && *end != '#'; end++) {
			at = *end == '@' ? end : at;
		}
		if (at) {
			cover(host, at);
		}
		while (!ends_url(*end) && *end != '?' && *end != '#') {
			end++;
		}
		char *query = end;
		while (!ends_url(*end)) {
			end++;
		}
		if (query < end) {
			cover(query + 1, end);
		}
		text = end;
	}
}

static char *replaced(const char *text, char from, char to)
{
	char *copy = alloc_copy(text);
	for (char *c = copy; *c; c++) {
		if (*c == from) {
			*c = to;
		}
	}
	return copy;
}

char *git_rule_basename(const struct git_basename *parts)
{
	if (parts->tag) {
		autofree char *flat = replaced(parts->tag, '/', '_');
		autofree char *clean = replaced(flat, '-', '~');
		return alloc_printf("%s-%s", parts->prefix, clean);
	}
	char date[32];
	struct tm tm;
	time_t now = parts->now_s;
	strftime(date, sizeof(date), "%Y%m%dT%H%MZ", gmtime_r(&now, &tm));
	autofree char *ref = replaced(parts->ref, '/', '_');
	autofree char *base = replaced(parts->base ? parts->base : "", '/', '_');
	return alloc_printf("%s-%s@%s%s%s%s%s-%s", parts->prefix, ref, parts->short_commit,
		parts->base ? "+" : "", base, parts->base ? "@" : "",
		parts->base ? parts->base_short : "", date);
}

bool git_rule_is_tagged(const char *line)
{
	const char *tag = strstr(line, " tag: ");
	return tag && tag < line + strcspn(line, "\n");
}
