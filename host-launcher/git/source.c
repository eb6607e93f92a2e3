/* SPDX-License-Identifier: MIT */
#include "host-launcher/git/source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/git/git.h"
#include "host-launcher/git/git_export.h"
#include "host-launcher/state/scratch.h"

enum {
	MOUNTINFO_PATH = 5, /* the mount point's field, counted from 1 */
};

static bool is_octal(const char *digits)
{
	return strspn(digits, "01234567") >= 3 && digits[0] <= '3';
}

/* The kernel writes blanks, tabs, newlines and backslashes as three octal digits. */
static char *unescape(const char *field, size_t length)
{
	char *path = alloc_copy_range(field, length);
	char *out = path;
	for (const char *in = path; *in;) {
		if (*in == '\\' && is_octal(in + 1)) {
			int byte = (in[1] - '0') * 64 + (in[2] - '0') * 8 + (in[3] - '0');
			*out++ = (char)byte;
			in += 4;
		} else {
			*out++ = *in++;
		}
	}
	*out = '\0';
	return path;
}

static void take_mount(const char *line, const char *top, struct string_list *mounts)
{
	for (int field = 1; field < MOUNTINFO_PATH; field++) {
		line += strcspn(line, " \n");
		line += *line == ' ';
	}
	size_t length = strlen(top);
	char *path = unescape(line, strcspn(line, " \n"));
	if (strncmp(path, top, length) == 0 && path[length] == '/') {
		string_list_take(mounts, path);
	} else {
		free(path);
	}
}

void source_find_mounts(const char *mountinfo, const char *top, struct string_list *mounts)
{
	while (*mountinfo) {
		take_mount(mountinfo, top, mounts);
		mountinfo += strcspn(mountinfo, "\n");
		mountinfo += *mountinfo == '\n';
	}
}

/* /proc has no size to go by. */
static char *read_mountinfo(void)
{
	struct buffer text = { 0 };
	char chunk[4096];
	FILE *file = fopen("/proc/self/mountinfo", "re");
	size_t got;
	while (file && (got = fread(chunk, 1, sizeof(chunk), file)) > 0) {
		buffer_append(&text, chunk, got);
	}
	if (file) {
		fclose(file);
	}
	return buffer_steal(&text);
}

/* The container sees the source's own file system only. Where files of git lie on another one, the
 * build would lack them; else it is the user's affair. */
static int check_mount(const struct gitinfo *git, const char *mount, struct source *source,
	struct failure *failure)
{
	struct git_place place = { .directory = git->source };
	const char *path = mount + strlen(git->source) + 1;
	autofree char *pathspec = alloc_printf(":(top,literal)%s", path);
	autofree char *files = NULL;
	if (strcmp(path, ".git") == 0) {
		return 0;
	}
	if (git_need(&place, GIT("ls-files", "--", pathspec), &files, failure) < 0) {
		return -1;
	}
	if (*files) {
		return failure_set(failure, EXIT_GIT,
			"%s is a mount of its own, so the build would not see the files there: "
			"umount it, or build a copy with --source-copy",
			mount);
	}
	string_list_take(&source->warnings,
		alloc_printf("the build does not see what is mounted at %s", mount));
	return 0;
}

static int check_mounts(const struct gitinfo *git, struct source *source, struct failure *failure)
{
	autofree char *text = read_mountinfo();
	struct string_list mounts = { 0 };
	int rc = 0;
	source_find_mounts(text, git->source, &mounts);
	for (size_t i = 0; rc == 0 && i < mounts.count; i++) {
		rc = check_mount(git, mounts.items[i], source, failure);
	}
	string_list_finish(&mounts);
	return rc;
}

static int copy_source(const struct gitinfo *git, struct source *source, struct failure *failure)
{
	if (scratch_create(&source->scratch, failure) < 0) {
		return -1;
	}
	source->exported = true;
	source->tree = alloc_printf("%s/tree", source->scratch);
	if (mkdir(source->tree, 0755) < 0) {
		return failure_set(
			failure, EXIT_WRITE, "cannot create %s: %s", source->tree, strerror(errno));
	}
	return git_export(git, source->tree, source->scratch, failure);
}

static void warn_of_submodules(const struct gitinfo *git, struct source *source)
{
	for (size_t i = 0; i < git->submodules.count; i++) {
		if (!git->submodules.items[i].git_dir) {
			string_list_take(&source->warnings,
				alloc_printf(
					"the submodule %s was never initialised and is empty "
					"in the build: git submodule update --init --recursive",
					git->submodules.items[i].path));
		}
	}
}

static int make_views(const struct gitinfo *git, struct source *source, struct failure *failure)
{
	if (scratch_create(&source->scratch, failure) < 0) {
		return -1;
	}
	source->tree = alloc_copy(git->source);
	return git_views_make(git, source->scratch, &source->views, failure);
}

static int prepare(const struct gitinfo *git, enum source_how how, struct source *source,
	struct failure *failure)
{
	if (how == SOURCE_CLONE) {
		return make_views(git, source, failure);
	}
	source->upload = how == SOURCE_UPLOAD;
	if (how == SOURCE_COPY || how == SOURCE_UPLOAD || gitinfo_is_merged(git) ||
		git->changes.count || git->sparse) {
		return copy_source(git, source, failure);
	}
	source->tree = alloc_copy(git->source);
	return check_mounts(git, source, failure);
}

int source_prepare(const struct gitinfo *git, enum source_how how, struct source *ret_source,
	struct failure *failure)
{
	struct source source = { 0 };
	if (prepare(git, how, &source, failure) < 0) {
		source_finish(&source);
		return -1;
	}
	warn_of_submodules(git, &source);
	*ret_source = source;
	return 0;
}

void source_leave(struct source *source)
{
	free(source->scratch);
	source->scratch = NULL;
}

void source_finish(struct source *source)
{
	scratch_remove(source->scratch);
	free(source->tree);
	git_mounts_finish(&source->views);
	string_list_finish(&source->warnings);
	*source = (struct source) { 0 };
}
