/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/gitinfo.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/process.h"

static char folder[] = "/tmp/berth-gitinfo-XXXXXX";

/* Runs a script in the test's folder, with a git that knows who commits and when. */
static void sh(const char *script)
{
	autofree char *full = alloc_printf(
		"set -e; cd %s; export HOME=$PWD GIT_CONFIG_NOSYSTEM=1 "
		"GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@b GIT_COMMITTER_NAME=C "
		"GIT_COMMITTER_EMAIL=c@d "
		"GIT_AUTHOR_DATE='@1000000 +0000' GIT_COMMITTER_DATE='@2000000 +0000'; %s",
		folder, script);
	const char *const argv[] = { "sh", "-c", full, NULL };
	struct process_spec spec = {
		.argv = argv,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
	};
	struct process_result result;
	cr_assert_eq(process_run(&spec, &result), 0);
	cr_assert_eq(result.code, 0, "%s: %s", script, buffer_text(&result.errors));
	process_result_finish(&result);
}

static void set_up(void)
{
	static const char *const names[] = { "CHANGE_BRANCH", "BRANCH_NAME", "GIT_LOCAL_BRANCH",
		"GIT_BRANCH", "CI_COMMIT_REF_NAME", "GITHUB_HEAD_REF", "GITHUB_REF_NAME",
		"JENKINS_URL" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		unsetenv(names[i]);
	}
	cr_assert_not_null(mkdtemp(folder));
	setenv("HOME", folder, 1);
	sh("git init -q -b main r; cd r; mkdir config; echo main >config/base_branch; "
	   "git add .; git commit -qm one");
}

static void tear_down(void)
{
	sh("rm -rf \"$PWD\"");
}

TestSuite(gitinfo, .init = set_up, .fini = tear_down);

static int collect(const char *name, struct gitinfo *info, struct failure *failure)
{
	autofree char *source = alloc_printf("%s/%s", folder, name);
	struct gitinfo_request request = { .source = source };
	return gitinfo_collect(&request, info, failure);
}

static void need(const char *name, struct gitinfo *info)
{
	struct failure failure = { 0 };
	cr_assert_eq(collect(name, info, &failure), 0, "%s", failure.text);
}

static void expect_failure(const char *name, const char *text)
{
	struct gitinfo info;
	struct failure failure = { 0 };
	cr_assert_eq(collect(name, &info, &failure), -1);
	cr_assert_eq(failure.code, EXIT_GIT);
	cr_assert_not_null(strstr(failure.text, text), "%s", failure.text);
}

Test(gitinfo, a_branch)
{
	struct gitinfo info;
	sh("cd r; git checkout -qb feature/x; git commit -q --allow-empty -m two");
	need("r", &info);
	cr_assert_str_eq(info.ref, "feature/x");
	cr_assert_str_eq(info.base_branch, "main");
	cr_assert_str_eq(info.feature_commit, info.commit);
	cr_assert_str_neq(info.base_commit, info.commit);
	cr_assert_eq(info.source_date_epoch_s, 2000000);
	cr_assert_eq(info.changes.count, 0);
	cr_assert(info.base_contained);
	cr_assert(info.git_is_directory);
	cr_assert_not(info.shallow);
	cr_assert_not(gitinfo_is_release(&info));
	gitinfo_finish(&info);
}

Test(gitinfo, a_base_that_went_on)
{
	struct gitinfo info;
	sh("cd r; git branch feature; git commit -q --allow-empty -m two; git checkout -q feature");
	need("r", &info);
	cr_assert_not(info.base_contained);
	gitinfo_finish(&info);
}

Test(gitinfo, origin_goes_before_the_local_base)
{
	struct gitinfo info;
	sh("git clone -q r c; cd r; git commit -q --allow-empty -m two; cd ../c; git fetch -q; "
	   "git rev-parse origin/main >../expected");
	need("c", &info);
	char expected[64] = "";
	autofree char *path = alloc_printf("%s/expected", folder);
	FILE *file = fopen(path, "r");
	cr_assert_not_null(fgets(expected, sizeof(expected), file));
	fclose(file);
	expected[strcspn(expected, "\n")] = '\0';
	cr_assert_str_eq(info.base_commit, expected);
	cr_assert_str_neq(info.base_commit, info.commit);
	gitinfo_finish(&info);
}

Test(gitinfo, a_tag_is_a_release_also_when_detached)
{
	struct gitinfo info;
	sh("cd r; git tag 1.0; git checkout -q 1.0");
	need("r", &info);
	cr_assert_str_eq(info.ref, "1.0");
	cr_assert_null(info.branch);
	cr_assert(gitinfo_is_release(&info));
	gitinfo_finish(&info);
}

Test(gitinfo, detached_without_a_tag_is_refused)
{
	sh("cd r; git checkout -q --detach");
	expect_failure("r", "HEAD is detached");
	setenv("GIT_LOCAL_BRANCH", "devel", 1);
	struct gitinfo info;
	need("r", &info);
	cr_assert_str_eq(info.ref, "devel");
	gitinfo_finish(&info);
}

Test(gitinfo, changes_are_listed_and_own_folders_left_out)
{
	struct gitinfo info;
	struct string_list ignored = { 0 };
	struct failure failure = { 0 };
	sh("cd r; mkdir artifacts; touch artifacts/x new; echo >>config/base_branch");
	autofree char *source = alloc_printf("%s/r", folder);
	string_list_take(&ignored, alloc_printf("%s/artifacts", source));
	string_list_add(&ignored, "/elsewhere");
	struct gitinfo_request request = { .source = source, .ignored = &ignored };
	cr_assert_eq(gitinfo_collect(&request, &info, &failure), 0, "%s", failure.text);
	cr_assert_eq(info.changes.count, 2);
	cr_assert_str_eq(info.changes.items[0], " M config/base_branch");
	cr_assert_str_eq(info.changes.items[1], "?? new");
	gitinfo_finish(&info);
	string_list_finish(&ignored);
}

/* Another build may make its folder at any time. */
Test(gitinfo, folders_that_only_begin_alike_are_left_out_literally)
{
	struct gitinfo info;
	struct failure failure = { 0 };
	sh("cd r; mkdir 'o[1]*.partial-a' 'o[1]*.partial-b' 'o1x.partial-a' 'o[1]*.failed'; "
	   "for i in o*; do touch \"$i/x\"; done");
	autofree char *source = alloc_printf("%s/r", folder);
	autofree char *start = alloc_printf("%s/o[1]*.partial-", source);
	struct gitinfo_request request = { .source = source, .ignored_start = start };
	cr_assert_eq(gitinfo_collect(&request, &info, &failure), 0, "%s", failure.text);
	cr_assert_eq(info.changes.count, 2);
	cr_assert_str_eq(info.changes.items[0], "?? o1x.partial-a/");
	cr_assert_str_eq(info.changes.items[1], "?? o[1]*.failed/");
	gitinfo_finish(&info);
}

Test(gitinfo, a_worktree)
{
	struct gitinfo info;
	sh("cd r; git worktree add -q -b other ../w");
	need("w", &info);
	cr_assert_str_eq(info.ref, "other");
	cr_assert_not(info.git_is_directory);
	gitinfo_finish(&info);
}

Test(gitinfo, a_shallow_clone)
{
	struct gitinfo info;
	sh("cd r; git commit -q --allow-empty -m two; cd ..; git clone -q --depth 1 file://$PWD/r "
	   "s");
	need("s", &info);
	cr_assert(info.shallow);
	gitinfo_finish(&info);
}

Test(gitinfo, the_changelog_gives_the_date)
{
	struct gitinfo info;
	sh("cd r; mkdir debian; echo ' -- A <a@b>  Thu, 01 Jan 1970 00:01:00 +0000' "
	   ">debian/changelog; "
	   "git add .; git commit -qm two");
	need("r", &info);
	cr_assert_eq(info.source_date_epoch_s, 60);
	gitinfo_finish(&info);
	sh("cd r; echo nonsense >debian/changelog");
	need("r", &info);
	cr_assert_eq(info.source_date_epoch_s, 60, "a change that is not committed counts");
	gitinfo_finish(&info);
	sh("cd r; git commit -qam three");
	expect_failure("r", "no entry with a valid date");
}

Test(gitinfo, what_is_missing_is_named)
{
	expect_failure("absent", "no source tree");
	sh("mkdir plain; touch file; git init -q unborn");
	expect_failure("plain", "no git work tree");
	expect_failure("file", "not a directory");
	expect_failure("unborn", "no commit yet");
	expect_failure("r/config", "not the top");
	sh("cd r; echo gone >config/base_branch");
	expect_failure("r", "base branch gone is neither here nor at origin");
	sh("cd r; rm config/base_branch");
	expect_failure("r", "--base-branch");
}

Test(gitinfo, the_callers_environment_and_the_repositorys_programs_do_not_interfere)
{
	struct gitinfo info;
	sh("cd r; git config core.fsmonitor \"touch $PWD/../touched; false\"; "
	   "git config log.showSignature true; git config core.pager false; "
	   "git config status.relativePaths true");
	setenv("GIT_DIR", "/nonexistent", 1);
	setenv("GIT_INDEX_FILE", "/nonexistent", 1);
	setenv("LC_ALL", "de_DE.UTF-8", 1);
	need("r", &info);
	unsetenv("GIT_DIR");
	unsetenv("GIT_INDEX_FILE");
	autofree char *touched = alloc_printf("%s/touched", folder);
	cr_assert_neq(access(touched, F_OK), 0);
	gitinfo_finish(&info);
}

Test(gitinfo, variables)
{
	struct gitinfo info;
	struct env_list env = { 0 };
	sh("cd r; git tag v1; touch dirty");
	need("r", &info);
	gitinfo_to_env(&info, &env);
	cr_assert_str_eq(env_list_get(&env, "GIT_COMMIT"), info.commit);
	cr_assert_str_eq(env_list_get(&env, "GIT_REF"), "v1");
	cr_assert_str_eq(env_list_get(&env, "SOURCE_DATE_EPOCH"), "2000000");
	cr_assert_str_eq(env_list_get(&env, "BERTH_GIT_DIRTY"), "1");
	cr_assert_str_eq(env_list_get(&env, "BERTH_RELEASE"), "1");
	env_list_finish(&env);
	gitinfo_finish(&info);
}
