/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/gitinfo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/git.h"
#include "host-launcher/git/git_log.h"
#include "host-launcher/git/git_merge.h"
#include "host-launcher/git/gitinfo_find.h"
#include "host-launcher/state/scratch.h"

static int merge(const struct gitinfo_asking *asking, struct failure *failure)
{
	const struct gitinfo_request *request = asking->request;
	struct gitinfo *info = asking->info;
	info->merges_base = !request->no_merge_base && !gitinfo_is_release(info) &&
			    strcmp(info->ref, info->base_branch) != 0;
	if (!info->merges_base || info->base_contained) {
		info->build_commit = alloc_copy(info->commit);
		return 0;
	}
	if (scratch_create(&info->scratch, failure) < 0) {
		return -1;
	}
	struct git_merge_request merge_request = {
		.source = info->source,
		.objects = info->objects,
		.scratch = info->scratch,
		.ours = info->commit,
		.theirs = info->base_commit,
		.ref = info->ref,
		.base_branch = info->base_branch,
		.our_date_s = info->source_date_epoch_s,
		.their_date_s = asking->base_date_s,
		.shallow = info->shallow,
	};
	struct git_merge made;
	if (git_merge_make(&merge_request, &made, failure) < 0) {
		return -1;
	}
	info->build_commit = made.commit;
	info->source_date_epoch_s = made.date_s;
	info->merge_env = made.env;
	return 0;
}

static int find_build_short(struct gitinfo *info, struct failure *failure)
{
	struct git_place place = { .directory = info->source, .env = &info->merge_env };
	if (!gitinfo_is_merged(info)) {
		info->build_short = alloc_copy(info->commit_short);
		return 0;
	}
	return git_need(&place, GIT("rev-parse", "--short", info->build_commit), &info->build_short,
		failure);
}

/* Spares a question where the checkout shows the answer. */
static bool may_have_submodules(const struct gitinfo *info)
{
	autofree char *modules = alloc_printf("%s/.gitmodules", info->source);
	return gitinfo_is_merged(info) || info->sparse || info->changes.count ||
	       access(modules, F_OK) == 0;
}

static int ask_git(struct gitinfo_asking *asking, struct failure *failure)
{
	static int (*const finders[])(struct gitinfo_asking *, struct failure *) = {
		gitinfo_find_basics,
		gitinfo_find_names,
		gitinfo_find_contained,
		gitinfo_find_dates,
		gitinfo_find_description,
	};
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < sizeof(finders) / sizeof(finders[0]); i++) {
		rc = finders[i](asking, failure);
	}
	return rc;
}

static int find_all(
	const struct gitinfo_request *request, struct gitinfo *info, struct failure *failure)
{
	struct gitinfo_asking asking = { .request = request, .info = info };
	int rc = ask_git(&asking, failure);
	free(asking.history);
	if (rc < 0 || merge(&asking, failure) < 0 || find_build_short(info, failure) < 0) {
		return -1;
	}
	struct git_place merged = { .directory = info->source, .env = &info->merge_env };
	info->feature_commit = alloc_copy(info->commit);
	if (git_log_paths(&merged, info->build_commit, request->log_paths, &info->log, failure) <
		0) {
		return -1;
	}
	return may_have_submodules(info) ? git_submodules_find(&merged, info->source,
						   info->build_commit, &info->submodules, failure)
					 : 0;
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
	if (strchr(source, '\n')) {
		return failure_set(failure, EXIT_GIT,
			"the path of the source tree holds a newline: move it elsewhere");
	}
	info->source = alloc_copy(source);
	if (find_all(request, info, failure) < 0) {
		return -1;
	}
	autofree char *git = alloc_printf("%s/.git", source);
	info->git_is_directory = stat(git, &status) == 0 && S_ISDIR(status.st_mode);
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
