/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_rule.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD_COMMIT "1111111111111111111111111111111111111111"

/* `user` is "NAME=value" pairs, NULL-terminated. */
static const char *get(const char *name, void *user)
{
	for (const char *const *pair = user; pair && *pair; pair++) {
		size_t length = strlen(name);
		if (strncmp(*pair, name, length) == 0 && (*pair)[length] == '=') {
			return *pair + length + 1;
		}
	}
	return NULL;
}

static void expect_ref(struct git_ref_question question, const char *expected)
{
	char *ref = NULL;
	struct failure failure = { 0 };
	question.get = get;
	question.head = HEAD_COMMIT;
	int rc = git_rule_ref(&question, &ref, &failure);
	if (expected) {
		cr_assert_eq(rc, 0, "%s", failure.text);
		cr_assert_str_eq(ref, expected);
		free(ref);
	} else {
		cr_assert_eq(rc, -1);
		cr_assert_eq(failure.code, EXIT_GIT);
		cr_assert_null(ref);
	}
}

Test(git_rule, a_tag_goes_before_the_branch_and_a_request_before_both)
{
	expect_ref((struct git_ref_question) { .branch = "feature/x" }, "feature/x");
	expect_ref((struct git_ref_question) { .branch = "main", .tag = "5.0" }, "5.0");
	expect_ref((struct git_ref_question) { .tag = "5.0" }, "5.0");
	expect_ref((struct git_ref_question) { .branch = "b", .tag = "t", .asked = "r" }, "r");
}

Test(git_rule, a_detached_head_needs_a_hint)
{
	static const char *ci[] = { "GIT_BRANCH=origin/devel", "BRANCH_NAME=", NULL };
	static const char *github[] = { "GITHUB_REF_NAME=a", "GITHUB_HEAD_REF=b", NULL };
	static const char *order[] = { "BRANCH_NAME=later", "CHANGE_BRANCH=first", NULL };
	expect_ref((struct git_ref_question) { 0 }, NULL);
	expect_ref((struct git_ref_question) { .user = ci }, "devel");
	expect_ref((struct git_ref_question) { .user = github }, "b");
	expect_ref((struct git_ref_question) { .user = order }, "first");
	expect_ref((struct git_ref_question) { .branch = "own", .user = ci }, "own");
}

Test(git_rule, names_that_could_do_harm_are_refused)
{
	static const char *const bad[] = { "-x", "a b", "a..b", "a\nb", "/a", "a:b", "a~1", "" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		expect_ref((struct git_ref_question) { .asked = bad[i] }, NULL);
	}
}

Test(git_rule, jenkins_must_agree)
{
	static const char *stale[] = { "JENKINS_URL=x", "GIT_COMMIT=2222", NULL };
	static const char *other[] = { "JENKINS_URL=x", "GIT_BRANCH=origin/other", NULL };
	static const char *same[] = { "JENKINS_URL=x", "GIT_BRANCH=origin/main",
		"GIT_COMMIT=" HEAD_COMMIT, NULL };
	static const char *elsewhere[] = { "GIT_COMMIT=2222", "GIT_BRANCH=origin/other", NULL };
	expect_ref((struct git_ref_question) { .branch = "main", .user = stale }, NULL);
	expect_ref((struct git_ref_question) { .branch = "main", .user = other }, NULL);
	expect_ref((struct git_ref_question) { .branch = "main", .user = same }, "main");
	expect_ref((struct git_ref_question) { .tag = "1.0", .user = other }, "1.0");
	expect_ref((struct git_ref_question) { .branch = "main", .user = elsewhere }, "main");
}

static void expect_date(const char *text, int64_t expected)
{
	int64_t epoch_s = -1;
	cr_assert_eq(git_rule_changelog_date(text, &epoch_s), 0);
	cr_assert_eq(epoch_s, expected);
}

Test(git_rule, the_newest_changelog_entry_has_the_date)
{
	expect_date("live (1) unstable; urgency=low\n\n  * x\n\n"
		    " -- A B <a@b>  Thu, 01 Jan 1970 01:00:10 +0100\n\nlive (0)\n"
		    " -- A B <a@b>  Fri, 02 Jan 1970 00:00:00 +0000\n",
		10);
	expect_date(" -- A <a@b>  Mon, 02 Jan 2023 03:04:05 -0330", 1672641245);
}

Test(git_rule, a_changelog_without_a_date_is_an_error)
{
	static const char *const bad[] = { "", "x\n", " -- A B  Thu, 01 Jan 1970 00:00:00 +0000\n",
		" -- A <a@b>  yesterday\n", " -- A <a@b>  Thu, 01 Jan 1970 00:00:00 +0000 x\n" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t epoch_s;
		cr_assert_eq(git_rule_changelog_date(bad[i], &epoch_s), -EINVAL, "%s", bad[i]);
	}
}

Test(git_rule, the_base_branch_is_the_first_line)
{
	char *branch;
	cr_assert_eq(git_rule_base_branch("  stable \nrest\n", &branch), 0);
	cr_assert_str_eq(branch, "stable");
	free(branch);
	cr_assert_eq(git_rule_base_branch("\nstable\n", &branch), -EINVAL);
	cr_assert_eq(git_rule_base_branch("--upload-pack=x", &branch), -EINVAL);
}

Test(git_rule, changes_are_split_and_a_rename_is_one)
{
	static const char text[] = " M a b\0R  new\0old\0?? x\ny\0";
	struct string_list changes = { 0 };
	git_rule_changes(text, sizeof(text) - 1, &changes);
	cr_assert_eq(changes.count, 3);
	cr_assert_str_eq(changes.items[0], " M a b");
	cr_assert_str_eq(changes.items[1], "R  new");
	cr_assert_str_eq(changes.items[2], "?? x\ny");
	string_list_finish(&changes);
}

static void expect_redacted(const char *given, const char *expected)
{
	char text[256];
	snprintf(text, sizeof(text), "%s", given);
	git_rule_redact(text);
	cr_assert_str_eq(text, expected);
}

Test(git_rule, credentials_in_urls_are_covered)
{
	expect_redacted("https://u:p@host/x", "https://***@host/x");
	expect_redacted("https://token@host", "https://*****@host");
	expect_redacted("fatal: 'https://u:p@q@h/x': no", "fatal: 'https://*****@h/x': no");
	expect_redacted("https://h/a@b/x", "https://h/a@b/x");
	expect_redacted("https://h/x?t=1#y z", "https://h/x?***** z");
	expect_redacted("a://u@b c://v@d", "a://*@b c://*@d");
	expect_redacted("git@host:path", "git@host:path");
	expect_redacted("://", "://");
	expect_redacted("", "");
}

static void expect_basename(struct git_basename parts, const char *expected)
{
	parts.prefix = "tails-amd64";
	parts.now_s = 1700000000;
	char *name = git_rule_basename(&parts);
	cr_assert_str_eq(name, expected);
	free(name);
}

Test(git_rule, results_are_called_as_they_always_were)
{
	expect_basename((struct git_basename) { .tag = "5.0-rc1", .ref = "5.0-rc1" },
		"tails-amd64-5.0~rc1");
	expect_basename((struct git_basename) { .tag = "a/b-c" }, "tails-amd64-a_b~c");
	expect_basename((struct git_basename) { .ref = "stable", .short_commit = "1234567" },
		"tails-amd64-stable@1234567-20231114T2213Z");
	expect_basename((struct git_basename) { .ref = "feature/a/b",
				.short_commit = "1234567",
				.base = "x/devel",
				.base_short = "89abcde" },
		"tails-amd64-feature_a_b@1234567+x_devel@89abcde-20231114T2213Z");
}

Test(git_rule, a_line_of_history_tells_of_its_tags)
{
	cr_assert(git_rule_is_tagged("aa a 1 tag: v1\n"));
	cr_assert(git_rule_is_tagged("aa a 1 grafted, tag: v1, tag: v2"));
	cr_assert_not(git_rule_is_tagged("aa a 1 \nbb b 2 tag: v1\n"));
	cr_assert_not(git_rule_is_tagged("aa a 1 grafted\n"));
	cr_assert_not(git_rule_is_tagged(""));
}
