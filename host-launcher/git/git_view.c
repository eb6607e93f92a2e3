/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/git_view.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/git/git.h"

#define IN_CONTAINER "/git"

enum {
	/* Repositories that borrow from one that borrows ... */
	BORROW_DEPTH = 5,
};

/* One repository on the host, and what its view shows. */
struct view {
	size_t number;
	char *path; /* of the view */
	const char *directory;
	const char *objects;
	const char *commit;
	const char *branch;      /* NULL: detached */
	const char *base_branch; /* NULL: none is to be at origin */
	const char *base_commit;
	const char *object_format;
	const char *merge; /* folder of more objects, or NULL */
	const char *work_path;
};

struct making {
	const char *scratch;
	struct git_mounts *mounts;
	struct failure *failure;
};

static int write_file(
	const struct making *making, const struct view *view, const char *name, const char *text)
{
	autofree char *path = alloc_printf("%s/%s", view->path, name);
	autoclose int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	int rc = fd < 0 ? -errno : file_write_all(fd, text, strlen(text));
	return rc == 0 ? 0
		       : failure_set(making->failure, EXIT_WRITE, "cannot write %s: %s", path,
				 strerror(-rc));
}

static int make_folders(const struct making *making, const struct view *view)
{
	static const char *const names[] = { "", "/objects", "/objects/info", "/refs" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		autofree char *path = alloc_printf("%s%s", view->path, names[i]);
		if (mkdir(path, 0755) < 0) {
			return failure_set(making->failure, EXIT_WRITE, "cannot create %s: %s",
				path, strerror(errno));
		}
	}
	return 0;
}

static void add_mount(const struct making *making, const char *source, const char *target)
{
	string_list_add(&making->mounts->sources, source);
	string_list_add(&making->mounts->targets, target);
}

/* What the repository itself borrows lies at the same place in the container. */
static int follow_borrowed(const struct making *making, const char *objects, int depth)
{
	autofree char *path = alloc_printf("%s/info/alternates", objects);
	autofree char *text = NULL;
	if (file_read_text(path, &text) < 0) {
		return 0;
	}
	for (char *rest = text, *line; (line = strtok_r(rest, "\n", &rest));) {
		if (*line == '#') {
			continue;
		}
		if (*line != '/' || depth == 0) {
			return failure_set(making->failure, EXIT_GIT,
				"%s borrows objects by a relative path or too deeply for "
				"--git-source clone: git repack -a -d there, and remove it",
				path);
		}
		add_mount(making, line, line);
		if (follow_borrowed(making, line, depth - 1) < 0) {
			return -1;
		}
	}
	return 0;
}

static int add_objects(const struct making *making, const struct view *view)
{
	autofree char *target = alloc_printf(IN_CONTAINER "/objects-%zu", view->number);
	autofree char *view_target = alloc_printf(IN_CONTAINER "/view-%zu", view->number);
	autofree char *alternates =
		alloc_printf("%s\n%s", target, view->merge ? IN_CONTAINER "/merge\n" : "");
	add_mount(making, view->path, view_target);
	add_mount(making, view->objects, target);
	if (view->merge) {
		add_mount(making, view->merge, IN_CONTAINER "/merge");
	}
	if (write_file(making, view, "objects/info/alternates", alternates) < 0) {
		return -1;
	}
	return follow_borrowed(making, view->objects, BORROW_DEPTH);
}

/* A line of packed-refs for each branch, tag and head at origin, in git's order; the branch that is
 * built is at the commit that is. */
static void list_refs(const struct view *view, const char *lines, struct buffer *packed)
{
	autofree char *own = view->branch ? alloc_printf("refs/heads/%s", view->branch) : NULL;
	autofree char *base = view->base_branch
				      ? alloc_printf("refs/remotes/origin/%s", view->base_branch)
				      : NULL;
	bool has_own = !own;
	bool has_base = !base;
	for (const char *line = lines; *line;) {
		size_t length = strcspn(line, "\n");
		autofree char *text = alloc_copy_range(line, length);
		char *name = strchr(text, ' ');
		line += length + (line[length] ? 1 : 0);
		if (!name || name[strlen(name) - 1] == ' ') {
			continue; /* a symbolic one has its target's name behind the blank */
		}
		*name++ = '\0';
		bool is_own = own && strcmp(name, own) == 0;
		has_own |= is_own;
		has_base |= base && strcmp(name, base) == 0;
		buffer_printf(packed, "%s %s\n", is_own ? view->commit : text, name);
	}
	if (!has_own) {
		buffer_printf(packed, "%s %s\n", view->commit, own);
	}
	if (!has_base) {
		buffer_printf(packed, "%s %s\n", view->base_commit, base);
	}
}

static int write_refs(const struct making *making, const struct view *view)
{
	struct git_place place = { .directory = view->directory };
	struct buffer packed = { 0 };
	autofree char *lines = NULL;
	autofree char *head = view->branch ? alloc_printf("ref: refs/heads/%s\n", view->branch)
					   : alloc_printf("%s\n", view->commit);
	if (git_need(&place,
		    GIT("for-each-ref",
			    "--format=%(objectname) %(refname)%(if)%(symref)%(then) %(end)",
			    "refs/heads", "refs/tags", "refs/remotes/origin"),
		    &lines, making->failure) < 0) {
		return -1;
	}
	list_refs(view, lines, &packed);
	int rc = write_file(making, view, "packed-refs", buffer_text(&packed));
	buffer_finish(&packed);
	return rc < 0 ? -1 : write_file(making, view, "HEAD", head);
}

static int write_rest(const struct making *making, const struct view *view)
{
	bool sha256 = strcmp(view->object_format, "sha256") == 0;
	autofree char *shallow_path = alloc_printf("%s/../shallow", view->objects);
	autofree char *shallow = NULL;
	autofree char *config = alloc_printf("[core]\n\trepositoryformatversion = %d\n"
					     "\tbare = true\n%s",
		sha256 ? 1 : 0, sha256 ? "[extensions]\n\tobjectFormat = sha256\n" : "");
	if (write_file(making, view, "config", config) < 0 ||
		write_file(making, view, "berth-path", view->work_path) < 0) {
		return -1;
	}
	return file_read_text(shallow_path, &shallow) == 0
		       ? write_file(making, view, "shallow", shallow)
		       : 0;
}

static int make_view(const struct making *making, struct view *view)
{
	view->path = alloc_printf("%s/view-%zu", making->scratch, view->number);
	int rc = make_folders(making, view);
	if (rc == 0) {
		rc = add_objects(making, view);
	}
	if (rc == 0) {
		rc = write_refs(making, view);
	}
	if (rc == 0) {
		rc = write_rest(making, view);
	}
	free(view->path);
	return rc;
}

static int make_submodule(
	const struct making *making, const struct gitinfo *info, size_t index, size_t number)
{
	const struct git_submodule *submodule = &info->submodules.items[index];
	autofree char *directory = alloc_printf("%s/%s", info->source, submodule->path);
	autofree char *objects = alloc_printf("%s/objects", submodule->git_dir);
	struct view view = {
		.number = number,
		.directory = directory,
		.objects = objects,
		.commit = submodule->commit,
		.object_format = info->object_format,
		.work_path = submodule->path,
	};
	return make_view(making, &view);
}

static int make_all(const struct making *making, const struct gitinfo *info)
{
	autofree char *merge = info->scratch ? alloc_printf("%s/objects", info->scratch) : NULL;
	struct view view = {
		.directory = info->source,
		.objects = info->objects,
		.commit = info->build_commit,
		.branch = info->branch ? info->branch
			  : info->tag  ? NULL
				       : info->ref,
		.base_branch = info->base_branch,
		.base_commit = info->base_commit,
		.object_format = info->object_format,
		.merge = merge,
		.work_path = "",
	};
	int rc = make_view(making, &view);
	size_t number = 1;
	for (size_t i = 0; rc == 0 && i < info->submodules.count; i++) {
		if (info->submodules.items[i].git_dir) {
			rc = make_submodule(making, info, i, number++);
		}
	}
	return rc;
}

int git_views_make(const struct gitinfo *info, const char *scratch, struct git_mounts *mounts,
	struct failure *failure)
{
	struct making making = { .scratch = scratch, .mounts = mounts, .failure = failure };
	mode_t mask = umask(022);
	int rc = make_all(&making, info);
	umask(mask);
	return rc;
}

void git_mounts_finish(struct git_mounts *mounts)
{
	string_list_finish(&mounts->sources);
	string_list_finish(&mounts->targets);
}
