/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/plan/plan.h"

enum {
	TAR_BLOCK = 512,
};

struct writing {
	const struct bundle_request *request;
	struct archive *archive;
	const char *top;           /* comes before every path */
	struct string_list *files; /* what is written but for folders; NULL: nobody asks */
};

static la_ssize_t on_write(struct archive *archive, void *user, const void *data, size_t length)
{
	(void)archive;
	buffer_append(user, data, length);
	return (la_ssize_t)length;
}

static struct archive_entry *new_entry(
	const struct writing *writing, const char *path, unsigned type, mode_t mode)
{
	struct archive_entry *entry = archive_entry_new();
	if (writing->files && type != AE_IFDIR) {
		string_list_add(writing->files, path);
	}
	if (entry) {
		/* In an archive, paths are relative to the root. */
		autofree char *place = alloc_printf("%s%s", writing->top, path);
		archive_entry_set_pathname(entry, *writing->top ? place : path + 1);
		archive_entry_set_filetype(entry, type);
		archive_entry_set_perm(entry, mode);
		archive_entry_set_uid(entry, 0);
		archive_entry_set_gid(entry, 0);
		archive_entry_set_mtime(entry, writing->request->epoch_s, 0);
		archive_entry_set_size(entry, 0);
	}
	return entry;
}

static int finish_entry(
	const struct writing *writing, struct archive_entry *entry, const void *data, size_t length)
{
	if (!entry) {
		return ARCHIVE_FATAL;
	}
	int rc = archive_write_header(writing->archive, entry);
	if (rc == ARCHIVE_OK && length &&
		archive_write_data(writing->archive, data, length) != (la_ssize_t)length) {
		rc = ARCHIVE_FATAL;
	}
	archive_entry_free(entry);
	return rc;
}

static int add_directory(const struct writing *writing, const char *path)
{
	return finish_entry(writing, new_entry(writing, path, AE_IFDIR, 0755), NULL, 0);
}

static int add_file(const struct writing *writing, const char *path, mode_t mode, const void *data,
	size_t length)
{
	struct archive_entry *entry = new_entry(writing, path, AE_IFREG, mode);
	if (entry) {
		archive_entry_set_size(entry, (la_int64_t)length);
	}
	return finish_entry(writing, entry, data, length);
}

static int cannot_pack(const struct writing *writing, const char *source, struct failure *failure)
{
	return failure_set(failure, EXIT_INTERNAL, "cannot pack %s: %s", source,
		archive_error_string(writing->archive));
}

/* Piece by piece: memory for the whole of it takes longer than the copy. */
static int add_data(const struct writing *writing, int fd, uint64_t left, const char *source,
	struct failure *failure)
{
	char chunk[65536];
	while (left > 0) {
		ssize_t got = read(fd, chunk, left < sizeof(chunk) ? left : sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			return failure_set(failure, EXIT_CANNOT_START, "cannot read %s: %s", source,
				got < 0 ? strerror(errno) : "it has become shorter");
		}
		if (archive_write_data(writing->archive, chunk, (size_t)got) != got) {
			return cannot_pack(writing, source, failure);
		}
		left -= (uint64_t)got;
	}
	return 0;
}

static int add_asset(
	const struct writing *writing, const struct asset *asset, struct failure *failure)
{
	uint64_t size;
	autoclose int fd = file_open(asset->source, &size);
	if (fd < 0) {
		return failure_set(failure, EXIT_CANNOT_START, "cannot read %s: %s", asset->source,
			strerror(-fd));
	}
	struct archive_entry *entry = new_entry(writing, asset->target, AE_IFREG, asset->mode);
	if (entry) {
		archive_entry_set_size(entry, (la_int64_t)size);
	}
	return finish_entry(writing, entry, NULL, 0) == ARCHIVE_OK
		       ? add_data(writing, fd, size, asset->source, failure)
		       : cannot_pack(writing, asset->source, failure);
}

static int add_assets(const struct writing *writing, struct failure *failure)
{
	const struct asset_list *assets = writing->request->assets;
	int rc = 0;
	for (size_t i = 0; rc == 0 && i < assets->count; i++) {
		rc = add_asset(writing, &assets->items[i], failure);
	}
	return rc;
}

static int add_git(const struct writing *writing)
{
	const char *tags = writing->request->git_tags;
	const char *log = writing->request->git_log;
	int rc = tags ? add_file(writing, "/run/berth/git-tags", 0644, tags, strlen(tags))
		      : ARCHIVE_OK;
	return rc == ARCHIVE_OK && log
		       ? add_file(writing, "/run/berth/git-log", 0644, log, strlen(log))
		       : rc;
}

static int add_facts(const struct writing *writing)
{
	const struct env_list *env = writing->request->env;
	struct buffer shell = { 0 };
	env_list_to_shell(env, &shell);
	json_auto_t *object = env_list_to_json(env);
	autofree char *json = json_dumps(object, JSON_INDENT(2));
	int rc = add_file(
		writing, "/run/berth/buildinfo.env", 0644, buffer_text(&shell), shell.length);
	if (rc == ARCHIVE_OK && json) {
		rc = add_file(writing, "/run/berth/buildinfo.json", 0644, json, strlen(json));
	}
	if (rc == ARCHIVE_OK) {
		rc = add_git(writing);
	}
	buffer_finish(&shell);
	return json ? rc : ARCHIVE_FATAL;
}

static int add_directories(const struct writing *writing)
{
	/* Of those that an image has, engines keep what is there. */
	static const char *const paths[] = {
		"/artifacts",
		"/etc",
		"/etc/berth",
		"/run",
		"/run/berth",
		"/usr",
		"/usr/lib",
		"/usr/lib/berth",
		"/usr/lib/berth/bin",
	};
	int rc = ARCHIVE_OK;
	for (size_t i = 0; rc == ARCHIVE_OK && i < sizeof(paths) / sizeof(paths[0]); i++) {
		rc = add_directory(writing, paths[i]);
	}
	return rc;
}

static int add_init_extra(const struct writing *writing)
{
	const char *text = writing->request->init_extra;
	return add_file(writing, PLAN_INIT_EXTRA_PATH, 0644, text, strlen(text));
}

static int write_all(const struct writing *writing, struct failure *failure)
{
	if (add_directories(writing) == ARCHIVE_OK) {
		if (add_assets(writing, failure) < 0) {
			return -1;
		}
		if (add_init_extra(writing) == ARCHIVE_OK && add_facts(writing) == ARCHIVE_OK &&
			archive_write_close(writing->archive) == ARCHIVE_OK) {
			return 0;
		}
	}
	const char *text = archive_error_string(writing->archive);
	return failure_set(failure, EXIT_INTERNAL, "cannot pack berth's files: %s",
		text ? text : "unknown error");
}

int bundle_make(
	const struct bundle_request *request, struct buffer *archive, struct failure *failure)
{
	struct writing writing = {
		.request = request,
		.archive = archive_write_new(),
		.top = "",
	};
	/* Podman trips over padding behind the end of the archive. */
	if (!writing.archive ||
		archive_write_set_format_pax_restricted(writing.archive) != ARCHIVE_OK ||
		archive_write_set_bytes_per_block(writing.archive, TAR_BLOCK) != ARCHIVE_OK ||
		archive_write_open(writing.archive, archive, NULL, on_write, NULL) != ARCHIVE_OK) {
		archive_write_free(writing.archive);
		return failure_set(failure, EXIT_INTERNAL, "cannot set up libarchive");
	}
	int rc = write_all(&writing, failure);
	archive_write_free(writing.archive);
	return rc;
}

int bundle_lay_out(const struct bundle_request *request, const char *top, struct string_list *files,
	struct failure *failure)
{
	struct writing writing = {
		.request = request,
		.archive = archive_write_disk_new(),
		.top = top,
		.files = files,
	};
	if (!writing.archive || archive_write_disk_set_options(
					writing.archive, ARCHIVE_EXTRACT_PERM) != ARCHIVE_OK) {
		archive_write_free(writing.archive);
		return failure_set(failure, EXIT_INTERNAL, "cannot set up libarchive");
	}
	int rc = write_all(&writing, failure);
	archive_write_free(writing.archive);
	return rc;
}
