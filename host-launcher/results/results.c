/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/results.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"

/* sudo says who called; believed only where we could give files away anyway. */
static void find_owner(struct results *results)
{
	const char *uid = getenv("SUDO_UID");
	const char *gid = getenv("SUDO_GID");
	results->uid = (uid_t)-1;
	results->gid = (gid_t)-1;
	if (geteuid() != 0 || !uid || !gid) {
		return;
	}
	char *uid_end;
	char *gid_end;
	unsigned long uid_value = strtoul(uid, &uid_end, 10);
	unsigned long gid_value = strtoul(gid, &gid_end, 10);
	if (*uid && *gid && !*uid_end && !*gid_end && uid_value < UINT_MAX &&
		gid_value < UINT_MAX) {
		results->uid = (uid_t)uid_value;
		results->gid = (gid_t)gid_value;
	}
}

/* Splits `path` into an existing parent, resolved, and a name. */
static int resolve(const char *path, struct results *results, struct failure *failure)
{
	autofree char *trimmed = alloc_copy(path);
	for (size_t length = strlen(trimmed); length > 1 && trimmed[length - 1] == '/';) {
		trimmed[--length] = '\0';
	}
	char *slash = strrchr(trimmed, '/');
	const char *name = slash ? slash + 1 : trimmed;
	if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
		return failure_set(failure, EXIT_WRITE,
			"results cannot go to '%s': name a folder of their own", path);
	}
	autofree char *above = slash ? alloc_copy_range(trimmed, (size_t)(slash - trimmed)) : NULL;
	autofree char *parent = realpath(above ? (*above ? above : "/") : ".", NULL);
	if (!parent) {
		return failure_set(failure, EXIT_WRITE,
			"cannot write results to %s: its parent folder: %s", path, strerror(errno));
	}
	size_t depth = strcmp(parent, "/") == 0 ? 0 : strlen(parent);
	results->path = alloc_printf("%.*s/%s", (int)depth, parent, name);
	results->name = results->path + depth + 1;
	results->parent_fd = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (results->parent_fd < 0 || faccessat(results->parent_fd, ".", W_OK, AT_EACCESS) < 0) {
		return failure_set(failure, EXIT_WRITE, "cannot write results to %s: %s",
			results->path, strerror(errno));
	}
	return 0;
}

/* Whether a folder of that name may be replaced: absent, empty, or berth's own. */
static int check_replaceable(const struct results *results, const char *name)
{
	autoclose int fd =
		openat(results->parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0) {
		return errno == ENOENT ? 0 : -errno;
	}
	if (faccessat(fd, RESULTS_INFO, F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
		return 0;
	}
	return folder_is_empty(fd) ? 0 : -ENOTEMPTY;
}

int results_init(const char *path, struct results *ret_results, struct failure *failure)
{
	struct results results = { .parent_fd = -1, .partial_fd = -1 };
	find_owner(&results);
	int rc = resolve(path, &results, failure);
	if (rc == 0) {
		int error = check_replaceable(&results, results.name);
		if (error == -ENOTEMPTY) {
			rc = failure_set(failure, EXIT_WRITE,
				"%s holds something that berth did not make: move it away, or name "
				"another folder with --artifacts",
				results.path);
		} else if (error < 0) {
			rc = failure_set(failure, EXIT_WRITE, "cannot write results to %s: %s",
				results.path, strerror(-error));
		}
	}
	if (rc < 0) {
		results_finish(&results);
		return -1;
	}
	*ret_results = results;
	return 0;
}

static char *partial_name(const struct results *results, const char *run)
{
	return alloc_printf("%s.partial-%s", results->name, run);
}

/* The absolute path of something in the same parent. */
static char *beside(const struct results *results, const char *name)
{
	size_t parent = strlen(results->path) - strlen(results->name);
	return alloc_printf("%.*s%s", (int)parent, results->path, name);
}

/* Gathering folders of builds that run, or were killed. */
static void add_other_partials(const struct results *results, struct string_list *paths)
{
	autofree char *parent = beside(results, ".");
	autofree char *prefix = partial_name(results, "");
	DIR *stream = opendir(parent);
	for (const struct dirent *entry; stream && (entry = readdir(stream));) {
		if (strncmp(entry->d_name, prefix, strlen(prefix)) == 0) {
			string_list_take(paths, beside(results, entry->d_name));
		}
	}
	if (stream) {
		closedir(stream);
	}
}

void results_paths(const struct results *results, const char *run, struct string_list *paths)
{
	static const char *const endings[] = { "", ".failed", ".previous" };
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		string_list_take(paths, alloc_printf("%s%s", results->path, endings[i]));
	}
	autofree char *partial = partial_name(results, run);
	string_list_take(paths, beside(results, partial));
	add_other_partials(results, paths);
}

char *results_gathering(const struct results *results)
{
	autofree char *name = partial_name(results, "");
	return beside(results, name);
}

static int cannot_create(const struct results *results, const char *what, struct failure *failure)
{
	return failure_set(failure, EXIT_WRITE, "cannot create %s beside %s: %s", what,
		results->path, strerror(errno));
}

/* `how` is O_EXCL for a new log, O_TRUNC to begin it again. */
static int open_partial(struct results *results, const char *partial, int how, int *ret_log_fd,
	struct failure *failure)
{
	results->partial_fd = openat(
		results->parent_fd, partial, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (results->partial_fd < 0 ||
		fchown(results->partial_fd, results->uid, results->gid) < 0) {
		return cannot_create(results, partial, failure);
	}
	int fd = openat(results->partial_fd, RESULTS_LOG,
		O_WRONLY | O_CREAT | how | O_CLOEXEC | O_NOFOLLOW | O_APPEND, 0666);
	if (fd < 0 || fchown(fd, results->uid, results->gid) < 0) {
		return cannot_create(results, RESULTS_LOG, failure);
	}
	*ret_log_fd = fd;
	return 0;
}

static int begin(struct results *results, const char *run, bool resume, int *ret_log_fd,
	struct failure *failure)
{
	char *partial = partial_name(results, run);
	if (mkdirat(results->parent_fd, partial, 0777) < 0 && !(resume && errno == EEXIST)) {
		int rc = cannot_create(results, partial, failure);
		free(partial);
		return rc;
	}
	results->partial = partial;
	return open_partial(results, partial, resume ? O_TRUNC : O_EXCL, ret_log_fd, failure);
}

int results_begin(
	struct results *results, const char *run, int *ret_log_fd, struct failure *failure)
{
	return begin(results, run, false, ret_log_fd, failure);
}

int results_resume(
	struct results *results, const char *run, int *ret_log_fd, struct failure *failure)
{
	return begin(results, run, true, ret_log_fd, failure);
}

void results_leave(struct results *results)
{
	free(results->partial);
	results->partial = NULL;
}

void results_discard(struct results *results, const char *run)
{
	autofree char *partial = partial_name(results, run);
	(void)folder_remove(results->parent_fd, partial);
}

int results_add(
	struct results *results, const char *name, const char *text, struct failure *failure)
{
	int rc = file_create_at(results->partial_fd, name, text, strlen(text));
	if (rc < 0) {
		/* An empty one takes no room, and tells whose the folder is. */
		(void)file_create_at(results->partial_fd, name, "", 0);
	}
	if (rc == 0 && fchownat(results->partial_fd, name, results->uid, results->gid,
			       AT_SYMLINK_NOFOLLOW) < 0) {
		rc = -errno;
	}
	return rc == 0 ? 0
		       : failure_set(failure, EXIT_WRITE, "cannot write %s in %s/%s: %s", name,
				 results->path, results->partial, strerror(-rc));
}

/* By path: a sum's text is the digest, two blanks and the path. */
static int compare_sums(const void *a, const void *b)
{
	const char *const *left = a;
	const char *const *right = b;
	return strcmp(*left + DIGEST_HEX_LENGTH, *right + DIGEST_HEX_LENGTH);
}

static int add_own_sum(struct results *results, struct string_list *sums, const char *name,
	struct failure *failure)
{
	autoclose int fd = openat(results->partial_fd, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	char hex[DIGEST_HEX_LENGTH + 1];
	int rc = fd < 0 ? -errno : digest_of_fd(fd, hex);
	if (rc < 0) {
		return failure_set(
			failure, EXIT_WRITE, "cannot read %s again: %s", name, strerror(-rc));
	}
	string_list_take(sums, alloc_printf("%s  %s", hex, name));
	return 0;
}

static int write_sums(
	struct results *results, const struct unpack_result *unpacked, struct failure *failure)
{
	struct string_list sums = { 0 };
	for (size_t i = 0; i < unpacked->sums.count; i++) {
		string_list_add(&sums, unpacked->sums.items[i]);
	}
	int rc = add_own_sum(results, &sums, RESULTS_LOG, failure);
	if (rc == 0) {
		rc = add_own_sum(results, &sums, RESULTS_INFO, failure);
	}
	struct buffer text = { 0 };
	if (rc == 0 && sums.items) {
		qsort(sums.items, sums.count, sizeof(*sums.items), compare_sums);
		for (size_t i = 0; i < sums.count; i++) {
			buffer_printf(&text, "%s\n", sums.items[i]);
		}
		rc = results_add(results, RESULTS_SUMS, buffer_text(&text), failure);
	}
	buffer_finish(&text);
	string_list_finish(&sums);
	return rc;
}

/* Moves an earlier build that lies at `from` to `to`, where an even earlier one makes room. */
static int retire(const struct results *results, const char *from, const char *to)
{
	int rc = check_replaceable(results, to);
	if (rc == 0) {
		rc = folder_remove(results->parent_fd, to);
	}
	if (rc == 0 && renameat(results->parent_fd, from, results->parent_fd, to) < 0) {
		rc = -errno;
	}
	return rc;
}

/* Puts the gathering folder where `name` is. The old one, if any, is then called `partial`. */
static int swap(const struct results *results, const char *name)
{
	int fd = results->parent_fd;
	/* Works where nothing or an empty folder is. */
	if (renameat(fd, results->partial, fd, name) == 0) {
		return 0;
	}
	if (errno != ENOTEMPTY && errno != EEXIST) {
		return -errno;
	}
	int rc = check_replaceable(results, name);
	if (rc < 0) {
		return rc;
	}
	return renameat2(fd, results->partial, fd, name, RENAME_EXCHANGE) == 0 ? 1 : -errno;
}

static int place(struct results *results, bool success, char **ret_where)
{
	autofree char *failed = alloc_printf("%s.failed", results->name);
	autofree char *previous = alloc_printf("%s.previous", results->name);
	const char *name = success ? results->name : failed;
	int rc = swap(results, name);
	if (rc > 0) {
		/* An older build is no reason to call a new one failed: it stays where it is. */
		(void)(success ? retire(results, results->partial, previous)
			       : folder_remove(results->parent_fd, results->partial));
		rc = 0;
	}
	if (rc == 0) {
		fsync(results->parent_fd);
		free(results->partial);
		results->partial = NULL;
		*ret_where = alloc_printf("%s%s", results->path, success ? "" : ".failed");
	}
	return rc;
}

int results_publish(struct results *results, const struct unpack_result *unpacked, bool success,
	char **ret_where, struct failure *failure)
{
	int sums = write_sums(results, unpacked, failure);
	int rc = place(results, success && sums == 0, ret_where);
	if (rc < 0) {
		autofree char *stay = beside(results, results->partial);
		failure_fill(failure, EXIT_WRITE,
			"cannot move the results to %s: %s; they are in %s", results->path,
			strerror(-rc), stay);
		free(results->partial);
		results->partial = NULL;
	}
	return rc < 0 ? -1 : sums;
}

void results_finish(struct results *results)
{
	if (results->partial) {
		(void)folder_remove(results->parent_fd, results->partial);
	}
	if (results->partial_fd >= 0) {
		close(results->partial_fd);
	}
	if (results->parent_fd >= 0) {
		close(results->parent_fd);
	}
	free(results->path);
	free(results->partial);
	*results = (struct results) { .parent_fd = -1, .partial_fd = -1 };
}
