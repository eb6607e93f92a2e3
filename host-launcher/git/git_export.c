/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_export.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/git/git.h"

/* A commit of one repository, and where its files go. */
struct export
{
	const char *git_dir;
	const char *commit;
	const char *target;
	const char *index; /* of its own: must not exist */
	const struct string_list *env;
};

static int export_commit(const struct export *export, struct failure *failure)
{
	struct string_list env = { 0 };
	autofree char *nothing = NULL;
	for (size_t i = 0; export->env && i < export->env->count; i++) {
		string_list_add(&env, export->env->items[i]);
	}
	string_list_take(&env, alloc_printf("GIT_DIR=%s", export->git_dir));
	string_list_take(&env, alloc_printf("GIT_WORK_TREE=%s", export->target));
	string_list_take(&env, alloc_printf("GIT_INDEX_FILE=%s", export->index));
	struct git_place place = { .directory = export->target, .env = &env };
	/* By checkout's own rules: filters and line ends as the commit's attributes say. */
	int rc = git_need(&place,
		GIT("-c", "core.sparseCheckout=false", "-c", "submodule.recurse=false", "-c",
			"core.splitIndex=false", "read-tree", "--reset", "-u", export->commit),
		&nothing, failure);
	unlink(export->index);
	string_list_finish(&env);
	return rc;
}

static int export_submodule(const struct git_submodule *submodule, const char *target,
	const char *index, struct failure *failure)
{
	autofree char *directory = alloc_printf("%s/%s", target, submodule->path);
	if (mkdir(directory, 0755) < 0 && errno != EEXIST) {
		return failure_set(
			failure, EXIT_WRITE, "cannot create %s: %s", directory, strerror(errno));
	}
	struct export export = {
		.git_dir = submodule->git_dir,
		.commit = submodule->commit,
		.target = directory,
		.index = index,
	};
	return submodule->git_dir ? export_commit(&export, failure) : 0;
}

int git_export(const struct gitinfo *info, const char *target, const char *scratch,
	struct failure *failure)
{
	autofree char *index = alloc_printf("%s/index", scratch);
	struct export export = {
		.git_dir = info->git_dir,
		.commit = info->build_commit,
		.target = target,
		.index = index,
		.env = &info->merge_env,
	};
	mode_t mask = umask(022);
	int rc = export_commit(&export, failure);
	for (size_t i = 0; rc == 0 && i < info->submodules.count; i++) {
		rc = export_submodule(&info->submodules.items[i], target, index, failure);
	}
	umask(mask);
	return rc;
}
