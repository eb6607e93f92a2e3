/* SPDX-License-Identifier: MIT */
/* Golden tests: BERTH_GOLDEN=write makes the files anew, for a person to look at the difference. */
#include "host-launcher/plan/plan.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"

static char source[] = "/home/user/live";
static char commit[] = "1111111111111111111111111111111111111111";
static char base[] = "2222222222222222222222222222222222222222";
static char text_main[] = "main";
static char text_feature[] = "feature/it's";
static char text_tag[] = "1.0";

static struct gitinfo a_branch(void)
{
	return (struct gitinfo) {
		.source = source,
		.commit = commit,
		.ref = text_feature,
		.branch = text_feature,
		.describe = commit,
		.base_branch = text_main,
		.base_commit = base,
		.feature_commit = commit,
		.build_commit = commit,
		.source_date_epoch_s = 1700000000,
		.base_contained = true,
		.git_is_directory = true,
	};
}

static void parse(const char *const *argv, struct options *options)
{
	static const struct command table[] = {
		{ "build", COMMAND_BUILD, 0, 1, true, "", "", NULL },
		{ NULL },
	};
	struct failure failure = { 0 };
	int argc = 0;
	while (argv[argc]) {
		argc++;
	}
	cr_assert_eq(options_parse(table, argc, argv, options, &failure), 0, "%s", failure.text);
}

static uint64_t free_bytes;

static int plan(const char *const *argv, const struct gitinfo *git, bool apparmor,
	const char *mismatch, struct plan *ret_plan, struct failure *failure)
{
	struct options options;
	struct engine_facts engine = { .apparmor = apparmor };
	struct asset_list assets = { 0 };
	struct string_list results = { 0 };
	string_list_add(&results, "/home/user/live/artifacts");
	string_list_add(&results, "/home/user/elsewhere");
	asset_list_add(&assets, "/usr/lib/berth/berth-init", "/usr/lib/berth/berth-init", 0755);
	asset_list_add(&assets, "/usr/share/berth/a, b.ini", "/etc/berth/init.ini", 0644);
	parse(argv, &options);
	struct source tree = { .tree = source };
	struct plan_input input = {
		.options = &options,
		.git = git,
		.source = &tree,
		.engine = &engine,
		.assets = &assets,
		.results = &results,
		.image = "sha256:0123",
		.image_reference = "berth-build:bookworm",
		.mismatch = mismatch,
		.now_s = 1700000000,
		.memory_free = free_bytes,
		.run = "r1",
	};
	int rc = plan_make(&input, ret_plan, failure);
	options_finish(&options);
	string_list_finish(&results);
	asset_list_finish(&assets);
	return rc;
}

#define ARGV(...) ((const char *const[]) { __VA_ARGS__, NULL })

static void compare(const char *name, const char *text)
{
	autofree char *path = alloc_printf(UNIT_DATA "/golden/%s", name);
	autofree char *expected = NULL;
	const char *mode = getenv("BERTH_GOLDEN");
	if (mode && strcmp(mode, "write") == 0) {
		FILE *file = fopen(path, "w");
		cr_assert_not_null(file);
		fputs(text, file);
		fclose(file);
		return;
	}
	cr_assert_eq(file_read_text(path, &expected), 0, "%s", path);
	cr_assert_str_eq(text, expected, "differs from %s; got:\n%s", path, text);
}

static void golden(const char *name, const char *const *argv, const struct gitinfo *git,
	bool apparmor, const char *mismatch)
{
	struct plan made;
	struct failure failure = { 0 };
	cr_assert_eq(plan(argv, git, apparmor, mismatch, &made, &failure), 0, "%s", failure.text);
	autofree char *json = json_dumps(made.create, JSON_INDENT(2));
	struct buffer all = { 0 };
	buffer_printf(&all, "%s\n\n%s\n\n%s", json, made.docker_run, made.init_extra);
	for (size_t i = 0; i < made.warnings.count; i++) {
		buffer_printf(&all, "warning: %s\n", made.warnings.items[i]);
	}
	compare(name, buffer_text(&all));
	buffer_finish(&all);
	plan_finish(&made);
}

Test(plan, of_a_plain_build)
{
	struct gitinfo git = a_branch();
	golden("plan-plain.txt", ARGV("build"), &git, false, NULL);
}

Test(plan, of_a_build_with_everything)
{
	struct gitinfo git = a_branch();
	git.git_is_directory = false;
	git.base_contained = false;
	golden("plan-everything.txt",
		ARGV("build", "--ram=8G", "--cpus=3", "--memory=4G", "--cap-add=NET_ADMIN",
			"--env=A=x \"y\"", "--proxy", "external=http://proxy.example:3128",
			"--stop-timeout=500ms", "--build-command=echo 'hi'", "--", "--one",
			"t w o"),
		&git, true, "no network: travelling");
}

Test(plan, of_a_release_without_cache)
{
	struct gitinfo git = a_branch();
	git.tag = text_tag;
	git.ref = text_tag;
	git.base_contained = false;
	golden("plan-release.txt", ARGV("build", "--cache=none"), &git, false, NULL);
}

static void refuse(const char *option, const char *words)
{
	struct gitinfo git = a_branch();
	struct plan made;
	struct failure failure = { 0 };
	cr_assert_eq(
		plan(ARGV("build", option), &git, false, NULL, &made, &failure), -1, "%s", option);
	cr_assert_eq(failure.code, EXIT_USAGE);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(plan, an_empty_label_is_none)
{
	json_auto_t *labels = json_pack("{s:s, s:s}", PLAN_LABEL_RUN, "", PLAN_LABEL_SHELL, "r1");
	cr_assert_null(plan_label(labels, PLAN_LABEL_RUN));
	cr_assert_null(plan_label(labels, PLAN_LABEL_CACHE));
	cr_assert_str_eq(plan_label(labels, PLAN_LABEL_SHELL), "r1");
	cr_assert_null(plan_label(NULL, PLAN_LABEL_RUN));
}

Test(plan, options_that_make_no_sense_are_refused)
{
	refuse("--proxy=sideways", "expected builtin, none, external=URL");
	refuse("--proxy=builtin+external=http://127.1.1.1", "loopback");
	refuse("--proxy=builtin+external=ftp://x", "begins with http://");
	refuse("--proxy=external=", "begins with http://");
	refuse("--proxy=external=http://127.0.0.1:3128", "loopback");
	refuse("--proxy=external=http://u:p@localhost:3128", "loopback");
	refuse("--proxy=external=http://[::1]:3128/", "loopback");
	refuse("--cache=/var/cache", "name of a volume");
	refuse("--cache=x", "name of a volume");
	refuse("--env=1A=x", "KEY=VALUE");
	refuse("--env=novalue", "KEY=VALUE");
	refuse("--env=GIT_COMMIT=x", "berth sets itself");
	refuse("--env=A=\xff", "UTF-8");
}

/* The shell and docker's parser are left out of the golden files: this is what they are for. */
Test(plan, the_docker_line_is_what_a_shell_takes_apart_again)
{
	struct gitinfo git = a_branch();
	struct plan made;
	struct failure failure = { 0 };
	cr_assert_eq(
		plan(ARGV("build", "--env=A=it's; $(x)"), &git, false, NULL, &made, &failure), 0);
	autofree char *script = alloc_printf("docker() { for a; do test \"$a\" != \"--env=A=it's; "
					     "\\$(x)\" || exit 7; done; }; %s",
		made.docker_run);
	struct buffer quoted = { 0 };
	buffer_append_text(&quoted, "sh -c ");
	quote_word(&quoted, script);
	int status = system(buffer_text(&quoted));
	cr_assert_eq(status >> 8, 7, "%s", script);
	buffer_finish(&quoted);
	plan_finish(&made);
}

static void expect_env(
	const char *const *argv, struct gitinfo git, const char *key, const char *expected)
{
	struct plan made;
	struct failure failure = { 0 };
	cr_assert_eq(plan(argv, &git, false, NULL, &made, &failure), 0, "%s", failure.text);
	const char *value = env_list_get(&made.env, key);
	cr_assert_str_eq(value ? value : "(none)", expected, "%s", key);
	plan_finish(&made);
}

Test(plan, tails_variables)
{
	struct gitinfo branch = a_branch();
	struct gitinfo release = a_branch();
	release.tag = text_tag;
	release.ref = text_tag;
	const char *const *fast = ARGV("build", "--compression=fast", "--website-cache=yes");
	expect_env(fast, branch, "MKSQUASHFS_OPTIONS", "-comp xz -no-exports");
	expect_env(fast, branch, "TAILS_WEBSITE_CACHE", "1");
	expect_env(fast, release, "MKSQUASHFS_OPTIONS", "(none)");
	expect_env(fast, release, "TAILS_WEBSITE_CACHE", "0");
	expect_env(ARGV("build"), branch, "MKSQUASHFS_OPTIONS", "(none)");
	expect_env(ARGV("build"), branch, "TAILS_OFFLINE_MODE", "(none)");
	expect_env(ARGV("build", "--offline"), branch, "TAILS_OFFLINE_MODE", "1");
	expect_env(ARGV("build", "--offline"), branch, "BERTH_ACNG_OPTIONS", "Offlinemode=1");
	expect_env(ARGV("build", "--date-offset=-3"), branch, "TAILS_DATE_OFFSET", "-3");
	expect_env(ARGV("build", "--date-offset=40"), branch, "TAILS_DATE_OFFSET", "+40");
	expect_env(ARGV("build", "--on-failure=shell"), branch, "TAILS_BUILD_FAILURE_RESCUE", "1");
	const char *const *both = ARGV("build", "--proxy=builtin+external=http://p:1", "--offline");
	expect_env(both, branch, "BERTH_PROXY", "builtin");
	expect_env(both, branch, "BERTH_ACNG_OPTIONS", "Proxy=http://p:1 Offlinemode=1");
	expect_env(both, branch, "TAILS_ACNG_PROXY", "http://p:1");
	expect_env(both, branch, "TAILS_PROXY_TYPE", "vmproxy");
	expect_env(both, branch, "http_proxy", "http://127.0.0.1:3142");
	expect_env(ARGV("build", "--env=A=1", "--env=A=2"), branch, "A", "2");
	branch.merges_base = true;
	expect_env(ARGV("build", "--date-offset=1"), branch, "BERTH_ARTIFACT_BASENAME",
		"tails-amd64-feature_it's@1111111111111111111111111111111111111111+main@"
		"2222222222222222222222222222222222222222-20231115T2213Z");
}

Test(plan, offline_needs_a_cache)
{
	struct gitinfo git = a_branch();
	struct plan made;
	struct failure failure = { 0 };
	cr_assert_eq(plan(ARGV("build", "--offline", "--proxy=none"), &git, false, NULL, &made,
			     &failure),
		-1);
	cr_assert_eq(failure.code, EXIT_USAGE);
}

static void expect_ram(const char *const *argv, uint64_t bytes, const char *expected)
{
	struct gitinfo git = a_branch();
	struct plan made;
	struct failure failure = { 0 };
	free_bytes = bytes;
	cr_assert_eq(plan(argv, &git, false, NULL, &made, &failure), 0, "%s", failure.text);
	const json_t *host = json_object_get(made.create, "HostConfig");
	const char *how =
		json_string_value(json_object_get(json_object_get(host, "Tmpfs"), "/work"));
	cr_assert_eq(!how, !expected);
	if (expected) {
		cr_assert_not_null(strstr(how, expected), "%s", how);
	}
	cr_assert_eq(!made.work_volume, made.ram);
	plan_finish(&made);
}

Test(plan, memory_is_used_if_told_or_if_there_is_plenty)
{
	const uint64_t gib = UINT64_C(1) << 30;
	expect_ram(ARGV("build"), 0, NULL);
	expect_ram(ARGV("build"), 14 * gib - 1, NULL);
	expect_ram(ARGV("build"), 14 * gib, "size=12884901888");
	expect_ram(ARGV("build", "--ram=no"), 64 * gib, NULL);
	expect_ram(ARGV("build", "--ram"), 0, "mode=0755");
	expect_ram(ARGV("build", "--ram=1G"), 64 * gib, "size=1073741824");
	expect_ram(ARGV("build", "--ram=no", "--ram=auto"), 64 * gib, "size=12884901888");
}
