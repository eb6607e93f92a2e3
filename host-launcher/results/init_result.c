/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/init_result.h"

#include <archive.h>
#include <archive_entry.h>
#include <jansson.h>
#include <sys/stat.h>

#include "host-launcher/base/alloc.h"

struct piece {
	const void *bytes;
	size_t length;
};

static la_ssize_t on_read(struct archive *archive, void *user, const void **data)
{
	struct piece *piece = user;
	(void)archive;
	la_ssize_t length = (la_ssize_t)piece->length;
	*data = piece->bytes;
	piece->length = 0;
	return length;
}

/* The first entry's contents; NULL where that is no file, or not whole. */
static json_t *read_json(struct archive *archive)
{
	struct archive_entry *entry;
	int rc = archive_read_next_header(archive, &entry);
	la_int64_t size = rc == ARCHIVE_OK ? archive_entry_size(entry) : 0;
	if (size <= 0 || size > INIT_RESULT_MAX || archive_entry_filetype(entry) != AE_IFREG) {
		return NULL;
	}
	autofree char *text = alloc_zero((size_t)size, 1);
	if (archive_read_data(archive, text, (size_t)size) != size) {
		return NULL;
	}
	return json_loadb(text, (size_t)size, 0, NULL);
}

bool init_result_is_oom(const void *bytes, size_t length)
{
	struct piece piece = { bytes, length };
	struct archive *archive = archive_read_new();
	json_auto_t *result = NULL;
	if (archive && archive_read_support_format_tar(archive) == ARCHIVE_OK &&
		archive_read_open(archive, &piece, NULL, on_read, NULL) == ARCHIVE_OK) {
		result = read_json(archive);
	}
	archive_read_free(archive);
	return json_is_true(json_object_get(result, "oom_kill"));
}
