/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_rootfs.h"

#include <errno.h>
#include <glob.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/env_list.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/process.h"

/* Nothing of the caller's environment gets into the image, but for how to reach the archive. */
static void make_environment(const struct image_workshop *workshop, struct env_list *env)
{
	static const char *const passed[] = { "http_proxy", "https_proxy", "no_proxy" };
	env_list_set(env, "PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
	env_list_set(env, "LC_ALL", "C.UTF-8");
	env_list_set(env, "TZ", "UTC");
	env_list_set(env, "HOME", workshop->directory);
	env_list_set(env, "TMPDIR", workshop->directory);
	for (size_t i = 0; i < sizeof(passed) / sizeof(passed[0]); i++) {
		const char *value = getenv(passed[i]);
		if (value) {
			env_list_set(env, passed[i], value);
		}
	}
}

static int judge_signal(
	const struct process_result *result, const char *what, struct failure *failure)
{
	if (!result->signal) {
		return 0;
	}
	return failure_set(failure, EXIT_SIGNAL_BASE + result->signal,
		"stopped by signal %s while %s", sigabbrev_np(result->signal), what);
}

static void write_sources(const struct image_recipe *recipe, struct buffer *text)
{
	for (size_t i = 0; i < recipe->sources.lines.count; i++) {
		buffer_printf(text, "%s\n", recipe->sources.lines.items[i]);
	}
}

/* `apt-get update` in a place of its own, for the signed release files only. */
static int update(const struct image_workshop *workshop, struct failure *failure)
{
	const char *top = workshop->directory;
	autofree char *list = alloc_printf("Dir::Etc::SourceList=%s/sources.list", top);
	autofree char *lists = alloc_printf("Dir::State::Lists=%s/lists", top);
	autofree char *cache = alloc_printf("Dir::Cache=%s/cache", top);
	const char *const argv[] = { "apt-get", "-qq", "-o", list, "-o",
		"Dir::Etc::SourceParts=/dev/null", "-o", lists, "-o", cache, "-o",
		"Acquire::IndexTargets::deb::Packages::DefaultEnabled=false", "-o",
		"Acquire::IndexTargets::deb::Translations::DefaultEnabled=false", "-o",
		"APT::Update::Error-Mode=any", "-o", "Acquire::Retries=3", "update", NULL };
	struct env_list env = { 0 };
	make_environment(workshop, &env);
	struct process_spec spec = {
		.argv = argv,
		.envp = (const char *const *)env.pairs.items,
		.output = PROCESS_CAPTURE,
		.errors = PROCESS_CAPTURE,
		.signal_fd = workshop->signal_fd,
	};
	struct process_result result;
	int rc = process_run(&spec, &result);
	env_list_finish(&env);
	if (rc < 0) {
		return failure_set(
			failure, EXIT_RESOURCES, "cannot run apt-get: %s", strerror(-rc));
	}
	rc = judge_signal(&result, "asking the archive", failure);
	if (rc == 0 && result.code != 0) {
		rc = failure_set(failure, EXIT_DOWNLOAD, "cannot use the package archive: %s",
			buffer_text(&result.errors));
	}
	process_result_finish(&result);
	return rc;
}

int image_rootfs_release_date(const char *text, int64_t *ret_epoch_s)
{
	const char *line = strstr(text, "\nDate: ");
	struct tm tm = { 0 };
	if (!line || !strptime(line, "\nDate: %a, %d %b %Y %H:%M:%S UTC", &tm)) {
		return -EINVAL;
	}
	*ret_epoch_s = timegm(&tm);
	return 0;
}

static int find_newest(const glob_t *files, int64_t *ret_epoch_s)
{
	int64_t newest = 0;
	for (size_t i = 0; i < files->gl_pathc; i++) {
		autofree char *text = NULL;
		int64_t date = 0;
		if (file_read_text(files->gl_pathv[i], &text) == 0 &&
			image_rootfs_release_date(text, &date) == 0 && date > newest) {
			newest = date;
		}
	}
	*ret_epoch_s = newest;
	return newest ? 0 : -ENOENT;
}

int image_rootfs_find_epoch(const struct image_workshop *workshop,
	const struct image_recipe *recipe, int64_t *ret_epoch_s, struct failure *failure)
{
	struct buffer sources = { 0 };
	write_sources(recipe, &sources);
	int rc = file_create_at(
		workshop->directory_fd, "sources.list", sources.data, sources.length);
	buffer_finish(&sources);
	if (rc == 0 && mkdirat(workshop->directory_fd, "lists", 0755) < 0) {
		rc = -errno;
	}
	if (rc < 0) {
		return failure_set(failure, EXIT_WRITE, "cannot write to %s: %s",
			workshop->directory, strerror(-rc));
	}
	if (update(workshop, failure) < 0) {
		return -1;
	}
	autofree char *pattern = alloc_printf("%s/lists/*Release", workshop->directory);
	glob_t files = { 0 };
	if (glob(pattern, 0, NULL, &files) != 0 || find_newest(&files, ret_epoch_s) < 0) {
		rc = failure_set(failure, EXIT_DOWNLOAD,
			"the package archive's release files have no date: give one in "
			"SOURCE_DATE_EPOCH");
	}
	globfree(&files);
	return rc;
}

static int judge(const struct process_result *result, struct failure *failure)
{
	if (judge_signal(result, "mmdebstrap was running", failure) < 0) {
		return -1;
	}
	if (result->code == 0) {
		return 0;
	}
	return failure_set(failure, EXIT_DOWNLOAD,
		"mmdebstrap ended with code %d; what it says above tells why", result->code);
}

int image_rootfs_make(const struct image_workshop *workshop, const struct image_recipe *recipe,
	int64_t epoch_s, int output_fd, struct failure *failure)
{
	struct string_list argv = { 0 };
	struct env_list env = { 0 };
	image_recipe_command(recipe, &argv);
	if (workshop->quiet) {
		string_list_add(&argv, "--quiet");
	}
	autofree char *epoch = alloc_printf("%" PRId64, epoch_s);
	make_environment(workshop, &env);
	env_list_set(&env, "SOURCE_DATE_EPOCH", epoch);
	struct process_spec spec = {
		.argv = (const char *const *)argv.items,
		.envp = (const char *const *)env.pairs.items,
		.output = PROCESS_TO_FD,
		.errors = PROCESS_INHERIT,
		.output_fd = output_fd,
		.signal_fd = workshop->signal_fd,
	};
	struct process_result result;
	int rc = process_run(&spec, &result);
	if (rc < 0) {
		rc = failure_set(failure, EXIT_RESOURCES,
			"cannot run mmdebstrap: %s; apt install mmdebstrap", strerror(-rc));
	} else {
		rc = judge(&result, failure);
		process_result_finish(&result);
	}
	env_list_finish(&env);
	string_list_finish(&argv);
	return rc;
}
