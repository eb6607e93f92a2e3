/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"
#include "host-launcher/base/file.h"

struct unpacking {
	const struct unpack_request *request;
	struct unpack_result *result;
	struct failure *failure;
	struct archive *archive;
	size_t entries;
	bool source_failed;
};

const char *unpack_relative(const char *path, const char *top)
{
	size_t length = strlen(top);
	if (strncmp(path, top, length) != 0 || (path[length] != '/' && path[length] != '\0')) {
		return NULL;
	}
	const char *rest = path + length + (path[length] == '/');
	for (const char *part = rest; *part;) {
		size_t size = strcspn(part, "/");
		if (size == 0 || (size == 1 && part[0] == '.') ||
			(size == 2 && part[0] == '.' && part[1] == '.')) {
			return NULL;
		}
		part += size;
		if (*part == '/' && part[1] == '\0') {
			break; /* folders end so */
		}
		part += *part == '/';
	}
	return rest;
}

/* A name with newlines in it could pass for a message of berth's. */
static void skip(struct unpacking *unpacking, const char *path, const char *why)
{
	autofree char *name = alloc_copy(path);
	for (char *c = name; *c; c++) {
		if (*c == '\n' || *c == '\t') {
			*c = '?';
		}
	}
	string_list_take(&unpacking->result->skipped, alloc_printf("%s: %s", name, why));
}

static bool has_control_bytes(const char *path)
{
	for (const char *c = path; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f || *c == '\\') {
			return true;
		}
	}
	return false;
}

static bool is_reserved(const struct unpack_request *request, const char *path)
{
	for (const char *const *name = request->reserved; name && *name; name++) {
		size_t length = strlen(*name);
		if (strncmp(path, *name, length) == 0 &&
			(path[length] == '\0' || path[length] == '/')) {
			return true;
		}
	}
	return false;
}

static int cannot_write(struct unpacking *unpacking, const char *path, int error)
{
	return error == EEXIST ? failure_set(unpacking->failure, EXIT_VERIFY,
					 "the build's results name %s twice", path)
			       : failure_set(unpacking->failure, EXIT_WRITE,
					 "cannot write the result %s: %s", path, strerror(error));
}

static int cannot_read(struct unpacking *unpacking)
{
	if (unpacking->source_failed) {
		return -1; /* told already */
	}
	const char *text = archive_error_string(unpacking->archive);
	return failure_set(unpacking->failure, EXIT_VERIFY,
		"the build's results are unreadable: %s", text ? text : "unknown error");
}

/* The folders above `path`; an archive has them first, but need not. */
static int make_parents(struct unpacking *unpacking, const char *path)
{
	for (const char *slash = strchr(path, '/'); slash && slash[1];
		slash = strchr(slash + 1, '/')) {
		autofree char *parent = alloc_copy_range(path, (size_t)(slash - path));
		int fd = unpacking->request->directory_fd;
		if (mkdirat(fd, parent, 0777) < 0) {
			if (errno == EEXIST) {
				continue;
			}
			return cannot_write(unpacking, parent, errno);
		}
		if (fchownat(fd, parent, unpacking->request->uid, unpacking->request->gid,
			    AT_SYMLINK_NOFOLLOW) < 0) {
			return cannot_write(unpacking, parent, errno);
		}
	}
	return 0;
}

static int copy_data(struct unpacking *unpacking, int fd, const char *path)
{
	char chunk[65536];
	struct digest digest;
	if (digest_init(&digest) < 0) {
		return failure_set(unpacking->failure, EXIT_INTERNAL, "cannot set up SHA-256");
	}
	int rc = 0;
	la_ssize_t got;
	while (rc == 0 && (got = archive_read_data(unpacking->archive, chunk, sizeof(chunk))) > 0) {
		digest_add(&digest, chunk, (size_t)got);
		int written = file_write_all(fd, chunk, (size_t)got);
		rc = written < 0 ? cannot_write(unpacking, path, -written) : 0;
	}
	if (rc == 0 && got < 0) {
		rc = cannot_read(unpacking);
	}
	char hex[DIGEST_HEX_LENGTH + 1];
	digest_finish(&digest, hex);
	if (rc == 0) {
		string_list_take(&unpacking->result->sums, alloc_printf("%s  %s", hex, path));
		unpacking->result->files++;
	}
	return rc;
}

static int take_file(struct unpacking *unpacking, struct archive_entry *entry, const char *path)
{
	const struct unpack_request *request = unpacking->request;
	if (make_parents(unpacking, path) < 0) {
		return -1;
	}
	/* Permissions without set-ID and sticky bits; the umask applies. */
	mode_t mode = (archive_entry_perm(entry) & 0777) | 0600;
	autoclose int fd = openat(request->directory_fd, path,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 || fchown(fd, request->uid, request->gid) < 0) {
		return cannot_write(unpacking, path, errno);
	}
	if (copy_data(unpacking, fd, path) < 0) {
		/* Half a result must not pass for one, and what follows needs the room. */
		unlinkat(request->directory_fd, path, 0);
		return -1;
	}
	const struct timespec times[2] = {
		{ .tv_nsec = UTIME_NOW },
		{ .tv_sec = archive_entry_mtime(entry),
			.tv_nsec = archive_entry_mtime_nsec(entry) },
	};
	if (futimens(fd, times) < 0 || fsync(fd) < 0) {
		return cannot_write(unpacking, path, errno);
	}
	return 0;
}

static int take_directory(struct unpacking *unpacking, const char *path)
{
	/* As parent of an imaginary file in it. */
	size_t length = strlen(path);
	autofree char *inner =
		alloc_printf("%.*s/x", (int)(path[length - 1] == '/' ? length - 1 : length), path);
	return make_parents(unpacking, inner);
}

static int take_entry(struct unpacking *unpacking, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry);
	const char *path = name ? unpack_relative(name, unpacking->request->top) : NULL;
	if (!path) {
		return failure_set(unpacking->failure, EXIT_VERIFY,
			"the build's results hold a name that leads out of them: %s",
			name ? name : "(none)");
	}
	if (++unpacking->entries > UNPACK_ENTRIES_MAX) {
		return failure_set(unpacking->failure, EXIT_VERIFY,
			"the build left more than %d results", UNPACK_ENTRIES_MAX);
	}
	if (*path == '\0') {
		return 0;
	}
	if (has_control_bytes(path)) {
		skip(unpacking, path, "its name has control characters or backslashes");
		return 0;
	}
	if (is_reserved(unpacking->request, path)) {
		skip(unpacking, path, "berth writes a file of that name itself");
		return 0;
	}
	if (archive_entry_hardlink(entry)) {
		skip(unpacking, path, "it is a hard link");
		return 0;
	}
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return take_file(unpacking, entry, path);
	case AE_IFDIR:
		return take_directory(unpacking, path);
	default:
		skip(unpacking, path, "it is neither a file nor a folder");
		return 0;
	}
}

static la_ssize_t on_read(struct archive *archive, void *user, const void **data)
{
	struct unpacking *unpacking = user;
	(void)archive;
	ssize_t length =
		unpacking->request->source(unpacking->request->user, data, unpacking->failure);
	unpacking->source_failed = length < 0;
	return length;
}

static int take_all(struct unpacking *unpacking)
{
	if (archive_read_support_format_tar(unpacking->archive) != ARCHIVE_OK ||
		archive_read_open(unpacking->archive, unpacking, NULL, on_read, NULL) !=
			ARCHIVE_OK) {
		return cannot_read(unpacking);
	}
	for (;;) {
		struct archive_entry *entry;
		int rc = archive_read_next_header(unpacking->archive, &entry);
		if (rc == ARCHIVE_EOF) {
			return 0;
		}
		/* A warning is about names that are not UTF-8, which are bytes to us. */
		if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN) {
			return cannot_read(unpacking);
		}
		if (take_entry(unpacking, entry) < 0) {
			return -1;
		}
	}
}

int unpack_archive(
	const struct unpack_request *request, struct unpack_result *result, struct failure *failure)
{
	*result = (struct unpack_result) { 0 };
	struct unpacking unpacking = {
		.request = request,
		.result = result,
		.failure = failure,
		.archive = archive_read_new(),
	};
	if (!unpacking.archive) {
		return failure_set(failure, EXIT_INTERNAL, "cannot set up libarchive");
	}
	int rc = take_all(&unpacking);
	archive_read_free(unpacking.archive);
	return rc;
}

void unpack_result_finish(struct unpack_result *result)
{
	string_list_finish(&result->sums);
	string_list_finish(&result->skipped);
}
