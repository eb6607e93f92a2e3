/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/source_upload.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"

#define TOP "src"

enum {
	/* Slow lines take their time; who has none presses Ctrl-C. */
	UPLOAD_TIMEOUT_MS = 2 * 60 * 60 * 1000,
};

struct packing {
	struct archive *archive;
	int64_t epoch_s;
	size_t root_length; /* of the tree's own path */
	struct failure *failure;
};

static int cannot_read(struct packing *packing, const char *path, int error)
{
	return failure_set(
		packing->failure, EXIT_WRITE, "cannot read %s: %s", path, strerror(error));
}

static int cannot_pack(struct packing *packing, const char *path)
{
	const char *text = archive_error_string(packing->archive);
	return failure_set(packing->failure, EXIT_WRITE, "cannot pack %s: %s", path,
		text ? text : "unknown error");
}

static int copy_data(struct packing *packing, const char *path)
{
	char chunk[65536];
	ssize_t got;
	autoclose int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0) {
		return cannot_read(packing, path, errno);
	}
	while ((got = read(fd, chunk, sizeof(chunk))) > 0) {
		if (archive_write_data(packing->archive, chunk, (size_t)got) != got) {
			return cannot_pack(packing, path);
		}
	}
	return got < 0 ? cannot_read(packing, path, errno) : 0;
}

/* A file, folder or symbolic link: git has nothing else. */
static int fill_entry(struct packing *packing, const FTSENT *found, struct archive_entry *entry)
{
	autofree char *name = alloc_printf(TOP "%s", found->fts_path + packing->root_length);
	archive_entry_set_pathname(entry, name);
	archive_entry_set_filetype(entry, found->fts_statp->st_mode & S_IFMT);
	archive_entry_set_perm(entry, found->fts_statp->st_mode & 0777);
	archive_entry_set_uid(entry, 0);
	archive_entry_set_gid(entry, 0);
	archive_entry_set_mtime(entry, packing->epoch_s, 0);
	archive_entry_set_size(entry, 0);
	if (found->fts_info == FTS_F) {
		archive_entry_set_size(entry, found->fts_statp->st_size);
	} else if (found->fts_info == FTS_SL || found->fts_info == FTS_SLNONE) {
		char target[4096];
		ssize_t length = readlink(found->fts_accpath, target, sizeof(target) - 1);
		if (length < 0) {
			return cannot_read(packing, found->fts_path, errno);
		}
		target[length] = '\0';
		archive_entry_set_symlink(entry, target);
	}
	return 0;
}

static int pack_one(struct packing *packing, const FTSENT *found)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry) {
		return cannot_pack(packing, found->fts_path);
	}
	int rc = fill_entry(packing, found, entry);
	if (rc == 0 && archive_write_header(packing->archive, entry) != ARCHIVE_OK) {
		rc = cannot_pack(packing, found->fts_path);
	}
	archive_entry_free(entry);
	return rc == 0 && found->fts_info == FTS_F ? copy_data(packing, found->fts_path) : rc;
}

static int by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static int pack_tree(struct packing *packing, char *tree)
{
	char *const roots[] = { tree, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR | FTS_XDEV, by_name);
	int rc = walk ? 0 : cannot_read(packing, tree, errno);
	for (FTSENT *found; rc == 0 && walk && (found = fts_read(walk));) {
		switch (found->fts_info) {
		case FTS_DP:
			break;
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			rc = cannot_read(packing, found->fts_path, found->fts_errno);
			break;
		default:
			rc = pack_one(packing, found);
		}
	}
	if (walk) {
		fts_close(walk);
	}
	return rc;
}

int source_pack(const struct source *source, int64_t epoch_s, int fd, struct failure *failure)
{
	struct packing packing = {
		.archive = archive_write_new(),
		.epoch_s = epoch_s,
		.root_length = strlen(source->tree),
		.failure = failure,
	};
	int rc;
	if (!packing.archive ||
		archive_write_set_format_pax_restricted(packing.archive) != ARCHIVE_OK ||
		archive_write_open_fd(packing.archive, fd) != ARCHIVE_OK) {
		rc = failure_set(failure, EXIT_INTERNAL, "cannot set up libarchive");
	} else {
		rc = pack_tree(&packing, source->tree);
		if (rc == 0 && archive_write_close(packing.archive) != ARCHIVE_OK) {
			rc = cannot_pack(&packing, source->tree);
		}
	}
	archive_write_free(packing.archive);
	return rc;
}

static int send(struct engine *engine, const char *id, const void *data, size_t length,
	struct failure *failure)
{
	autofree char *path = alloc_printf("/containers/%s/archive?path=/", id);
	struct engine_request request = {
		.method = "PUT",
		.path = path,
		.upload = data,
		.upload_length = length,
		.timeout_ms = UPLOAD_TIMEOUT_MS,
		.purpose = "take the source",
		.refusal_code = EXIT_CANNOT_START,
	};
	return engine_tell(engine, &request, NULL, failure) < 0 ? -1 : 0;
}

int source_upload(struct engine *engine, const char *id, const struct source *source,
	int64_t epoch_s, struct failure *failure)
{
	/* A mapping takes no memory that others could need: the kernel may drop its pages. */
	autofree char *path = alloc_printf("%s/archive", source->scratch);
	autoclose int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		return failure_set(
			failure, EXIT_WRITE, "cannot create %s: %s", path, strerror(errno));
	}
	if (source_pack(source, epoch_s, fd, failure) < 0) {
		return -1;
	}
	off_t length = lseek(fd, 0, SEEK_END);
	void *data =
		length < 0 ? MAP_FAILED : mmap(NULL, (size_t)length, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		return failure_set(
			failure, EXIT_WRITE, "cannot read %s: %s", path, strerror(errno));
	}
	int rc = send(engine, id, data, (size_t)length, failure);
	munmap(data, (size_t)length);
	return rc;
}
