/* SPDX-License-Identifier: MIT */
#include "host-launcher/image/image_archive.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/digest.h"

#define LAYER_NAME "layer.tar"

static const char image_path[] =
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/* An archive being written; all its entries are plain files with one date. */
struct writer {
	struct archive *archive;
	int64_t epoch_s;
	struct failure *failure;
};

/* Debian's name to Go's. */
static const char *engine_architecture(const char *debian)
{
	static const char *const names[][2] = {
		{ "i386", "386" },
		{ "armhf", "arm" },
		{ "armel", "arm" },
		{ "ppc64el", "ppc64le" },
	};
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(debian, names[i][0]) == 0) {
			return names[i][1];
		}
	}
	return debian;
}

char *image_archive_config(const struct image_facts *facts, const char *diff_id)
{
	char created[sizeof("-2147483647-01-01T00:00:00Z")];
	time_t time = facts->epoch_s;
	struct tm tm;
	strftime(created, sizeof(created), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&time, &tm));
	json_auto_t *config = json_pack("{s:s, s:s, s:s, s:{s:[s], s:[s], s:{s:s}}, "
					"s:{s:s, s:[s]}, s:[{s:s, s:s}]}",
		"architecture", engine_architecture(facts->architecture), "os", "linux", "created",
		created, "config", "Env", image_path, "Cmd", "/bin/sh", "Labels",
		"org.berth.recipe", facts->recipe, "rootfs", "type", "layers", "diff_ids", diff_id,
		"history", "created", created, "created_by", "berth image build");
	char *text = json_dumps(config, JSON_COMPACT | JSON_SORT_KEYS);
	/* Freed by those who know nothing of jansson. */
	char *copy = alloc_copy(text ? text : "");
	free(text);
	return copy;
}

static int lost(const struct writer *writer)
{
	int error = archive_errno(writer->archive);
	return failure_set(writer->failure, EXIT_WRITE, "cannot write the image's archive: %s",
		error > 0 ? strerror(error) : archive_error_string(writer->archive));
}

static int begin_entry(const struct writer *writer, const char *name, int64_t size)
{
	struct archive_entry *entry = archive_entry_new();
	if (!entry) {
		return failure_set(writer->failure, EXIT_INTERNAL, "no memory");
	}
	archive_entry_set_pathname(entry, name);
	archive_entry_set_size(entry, size);
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_mtime(entry, writer->epoch_s, 0);
	int rc = archive_write_header(writer->archive, entry);
	archive_entry_free(entry);
	return rc == ARCHIVE_OK ? 0 : lost(writer);
}

static int add_data(const struct writer *writer, const void *data, size_t length)
{
	return archive_write_data(writer->archive, data, length) == (la_ssize_t)length
		       ? 0
		       : lost(writer);
}

static int add_text(const struct writer *writer, const char *name, const char *text)
{
	size_t length = strlen(text);
	if (begin_entry(writer, name, (int64_t)length) < 0) {
		return -1;
	}
	return add_data(writer, text, length);
}

/* Copies the layer and takes its digest on the way. */
static int copy_layer(const struct writer *writer, int layer_fd, struct digest *digest)
{
	char chunk[128 << 10];
	for (;;) {
		ssize_t got = read(layer_fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got < 0) {
			return failure_set(writer->failure, EXIT_INTERNAL,
				"cannot read the image's file system: %s", strerror(errno));
		}
		if (got == 0) {
			return 0;
		}
		digest_add(digest, chunk, (size_t)got);
		if (add_data(writer, chunk, (size_t)got) < 0) {
			return -1;
		}
	}
}

static int add_layer(const struct writer *writer, int layer_fd, char **ret_diff_id)
{
	struct stat status;
	struct digest digest;
	if (fstat(layer_fd, &status) < 0 || lseek(layer_fd, 0, SEEK_SET) < 0 ||
		digest_init(&digest) < 0) {
		return failure_set(
			writer->failure, EXIT_INTERNAL, "cannot read the image's file system");
	}
	char hex[DIGEST_HEX_LENGTH + 1];
	int rc = begin_entry(writer, LAYER_NAME, status.st_size);
	if (rc == 0) {
		rc = copy_layer(writer, layer_fd, &digest);
	}
	digest_finish(&digest, hex);
	if (rc == 0) {
		*ret_diff_id = alloc_printf("sha256:%s", hex);
	}
	return rc;
}

static int add_manifest(const struct writer *writer, const char *config_name)
{
	json_auto_t *manifest = json_pack(
		"[{s:s, s:n, s:[s]}]", "Config", config_name, "RepoTags", "Layers", LAYER_NAME);
	char *text = json_dumps(manifest, JSON_COMPACT | JSON_SORT_KEYS);
	int rc = text ? add_text(writer, "manifest.json", text)
		      : failure_set(writer->failure, EXIT_INTERNAL, "no memory");
	free(text);
	return rc;
}

static int add_all(const struct writer *writer, int layer_fd, const struct image_facts *facts,
	struct image_digests *digests)
{
	char hex[DIGEST_HEX_LENGTH + 1];
	if (add_layer(writer, layer_fd, &digests->diff_id) < 0) {
		return -1;
	}
	autofree char *config = image_archive_config(facts, digests->diff_id);
	if (digest_of_text(config, strlen(config), hex) < 0) {
		return failure_set(writer->failure, EXIT_INTERNAL, "cannot compute a digest");
	}
	digests->config = alloc_printf("sha256:%s", hex);
	autofree char *config_name = alloc_printf("%s.json", hex);
	if (add_text(writer, config_name, config) < 0 || add_manifest(writer, config_name) < 0) {
		return -1;
	}
	return archive_write_close(writer->archive) == ARCHIVE_OK ? 0 : lost(writer);
}

int image_archive_write(int layer_fd, const struct image_facts *facts, int output_fd,
	struct image_digests *ret_digests, struct failure *failure)
{
	struct writer writer = {
		.archive = archive_write_new(),
		.epoch_s = facts->epoch_s,
		.failure = failure,
	};
	struct image_digests digests = { 0 };
	int rc;
	if (!writer.archive || archive_write_set_format_ustar(writer.archive) != ARCHIVE_OK ||
		archive_write_open_fd(writer.archive, output_fd) != ARCHIVE_OK) {
		rc = failure_set(failure, EXIT_INTERNAL, "cannot set up an archive");
	} else {
		rc = add_all(&writer, layer_fd, facts, &digests);
	}
	archive_write_free(writer.archive);
	if (rc < 0) {
		image_digests_finish(&digests);
		return -1;
	}
	*ret_digests = digests;
	return 0;
}

void image_digests_finish(struct image_digests *digests)
{
	free(digests->config);
	free(digests->diff_id);
	*digests = (struct image_digests) { 0 };
}
