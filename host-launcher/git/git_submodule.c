/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_submodule.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host-launcher/base/alloc.h"

#define GITLINK "160000 commit "

/* What is being looked at: the whole tree, or a submodule of it. */
struct level {
	const struct git_place *place;
	const char *commit;
	const char *prefix; /* "" or a path that ends with a slash */
	int depth;
};

struct finding {
	const char *source;
	struct git_submodules *submodules;
	struct failure *failure;
};

static int find_in(struct finding *finding, const struct level *level);

/* Whether the folder has a .git of its own: else git would answer for the tree above it. */
static int is_initialised(const char *directory)
{
	autofree char *git = alloc_printf("%s/.git", directory);
	struct stat status;
	return lstat(git, &status) == 0;
}

static struct git_submodule *add(
	struct git_submodules *submodules, const char *prefix, const char *path, const char *commit)
{
	submodules->items =
		alloc_resize(submodules->items, submodules->count + 1, sizeof(*submodules->items));
	struct git_submodule *submodule = &submodules->items[submodules->count++];
	*submodule = (struct git_submodule) {
		.path = alloc_printf("%s%s", prefix, path),
		.commit = alloc_copy(commit),
	};
	return submodule;
}

static int find_below(
	struct finding *finding, const struct level *level, const char *path, const char *commit)
{
	struct git_submodule *submodule = add(finding->submodules, level->prefix, path, commit);
	autofree char *directory = alloc_printf("%s/%s", finding->source, submodule->path);
	if (!is_initialised(directory)) {
		return 0;
	}
	struct git_place place = { .directory = directory };
	if (git_need(&place, GIT("rev-parse", "--absolute-git-dir"), &submodule->git_dir,
		    finding->failure) < 0) {
		return -1;
	}
	autofree char *wanted = alloc_printf("%s^{commit}", commit);
	autofree char *nothing = NULL;
	int rc = git_ask(&place, GIT("cat-file", "-e", wanted), &nothing, finding->failure);
	if (rc == 0) {
		return failure_set(finding->failure, EXIT_GIT,
			"the submodule %s should be at %s, which is not here: git submodule update "
			"--init --recursive, or git fetch in %s",
			submodule->path, commit, directory);
	}
	autofree char *prefix = alloc_printf("%s/", submodule->path);
	struct level below = {
		.place = &place,
		.commit = commit,
		.prefix = prefix,
		.depth = level->depth + 1,
	};
	return rc < 0 ? -1 : find_in(finding, &below);
}

/* One entry of `git ls-tree`: MODE TYPE OBJECT, a tab, and the path. */
static int take_entry(struct finding *finding, const struct level *level, const char *entry)
{
	const char *tab = strchr(entry, '\t');
	if (strncmp(entry, GITLINK, strlen(GITLINK)) != 0 || !tab) {
		return 0;
	}
	const char *object = entry + strlen(GITLINK);
	autofree char *commit = alloc_copy_range(object, (size_t)(tab - object));
	return find_below(finding, level, tab + 1, commit);
}

static int find_in(struct finding *finding, const struct level *level)
{
	if (level->depth > GIT_SUBMODULE_DEPTH) {
		return failure_set(finding->failure, EXIT_GIT,
			"submodules lie more than %d deep at %s", GIT_SUBMODULE_DEPTH,
			level->prefix);
	}
	/* Without this file there are none, and big trees need not be listed. */
	autofree char *modules = alloc_printf("%s:.gitmodules", level->commit);
	autofree char *nothing = NULL;
	int rc = git_ask(level->place, GIT("cat-file", "-e", modules), &nothing, finding->failure);
	if (rc <= 0) {
		return rc;
	}
	struct process_result result;
	if (git_run_at(level->place, GIT("ls-tree", "-r", "-z", "--full-tree", level->commit),
		    &result, finding->failure) < 0) {
		return -1;
	}
	rc = result.code == 0 ? 0
			      : git_explain(level->place->directory, buffer_text(&result.errors),
					finding->failure);
	const char *entry = buffer_text(&result.output);
	const char *end = entry + result.output.length;
	for (; rc == 0 && entry < end; entry += strlen(entry) + 1) {
		rc = take_entry(finding, level, entry);
	}
	process_result_finish(&result);
	return rc;
}

int git_submodules_find(const struct git_place *place, const char *source, const char *commit,
	struct git_submodules *submodules, struct failure *failure)
{
	struct finding finding = {
		.source = source,
		.submodules = submodules,
		.failure = failure,
	};
	struct level top = { .place = place, .commit = commit, .prefix = "" };
	return find_in(&finding, &top);
}

void git_submodules_finish(struct git_submodules *submodules)
{
	for (size_t i = 0; i < submodules->count; i++) {
		free(submodules->items[i].path);
		free(submodules->items[i].commit);
		free(submodules->items[i].git_dir);
	}
	free(submodules->items);
	*submodules = (struct git_submodules) { 0 };
}
