/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/init_result.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <string.h>

#include "host-launcher/base/buffer.h"

static la_ssize_t on_write(struct archive *archive, void *user, const void *data, size_t length)
{
	(void)archive;
	buffer_append(user, data, length);
	return (la_ssize_t)length;
}

/* What an engine sends of one file, or of what else has that name. */
static void pack(struct buffer *bytes, unsigned type, const char *content)
{
	struct archive *archive = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	archive_write_set_format_pax_restricted(archive);
	archive_write_open(archive, bytes, NULL, on_write, NULL);
	archive_entry_set_pathname(entry, "result.json");
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, type == AE_IFREG ? (la_int64_t)strlen(content) : 0);
	if (type == AE_IFLNK) {
		archive_entry_set_symlink(entry, content);
	}
	cr_assert_eq(archive_write_header(archive, entry), ARCHIVE_OK);
	if (type == AE_IFREG) {
		cr_assert_eq(archive_write_data(archive, content, strlen(content)),
			(la_ssize_t)strlen(content));
	}
	archive_entry_free(entry);
	archive_write_free(archive);
}

static bool is_oom(unsigned type, const char *content)
{
	struct buffer bytes = { 0 };
	pack(&bytes, type, content);
	bool oom = init_result_is_oom(bytes.data, bytes.length);
	buffer_finish(&bytes);
	return oom;
}

Test(init_result, what_berth_init_says)
{
	cr_expect(is_oom(AE_IFREG, "{ \"exit_code\": 3, \"oom_kill\": true, \"services\": [] }"));
	cr_expect_not(is_oom(AE_IFREG, "{ \"exit_code\": 3, \"oom_kill\": false }"));
}

Test(init_result, what_is_no_such_file)
{
	static const char *const others[] = { "", "{", "[]", "true", "{ \"oom_kill\": 1 }",
		"{ \"services\": [ { \"oom_kill\": true } ] }", "{ \"oom_kill\": true } and more" };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		cr_expect_not(is_oom(AE_IFREG, others[i]), "%s", others[i]);
	}
	cr_expect_not(is_oom(AE_IFLNK, "/etc/passwd"));
	cr_expect_not(is_oom(AE_IFDIR, ""));
}

Test(init_result, an_archive_that_is_cut_off_or_none)
{
	struct buffer bytes = { 0 };
	pack(&bytes, AE_IFREG, "{ \"oom_kill\": true }");
	for (size_t length = 0; length < 512 + 20; length++) {
		cr_expect_not(init_result_is_oom(bytes.data, length), "%zu bytes", length);
	}
	cr_expect(init_result_is_oom(bytes.data, 1024));
	buffer_finish(&bytes);
	cr_expect_not(init_result_is_oom("{ \"oom_kill\": true }", 20));
	cr_expect_not(init_result_is_oom("", 0));
}
