/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/bundle.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"

static int with_request(
	const char *asset, int (*use)(const struct bundle_request *, void *), void *user)
{
	struct asset_list assets = { 0 };
	struct env_list env = { 0 };
	asset_list_add(&assets, asset, "/usr/lib/berth/berth-init", 0755);
	env_list_set(&env, "A", "it's");
	struct bundle_request request = {
		.assets = &assets,
		.env = &env,
		.init_extra = "[init]\n",
		.epoch_s = 1700000000,
	};
	int rc = use(&request, user);
	asset_list_finish(&assets);
	env_list_finish(&env);
	return rc;
}

struct packing {
	struct buffer *archive;
	struct failure *failure;
};

static int pack(const struct bundle_request *request, void *user)
{
	const struct packing *packing = user;
	return bundle_make(request, packing->archive, packing->failure);
}

static int make(const char *asset, struct buffer *archive, struct failure *failure)
{
	struct packing packing = { archive, failure };
	return with_request(asset, pack, &packing);
}

struct laying {
	const char *top;
	struct string_list files;
	struct failure failure;
};

static int lay_out(const struct bundle_request *request, void *user)
{
	struct laying *laying = user;
	return bundle_lay_out(request, laying->top, &laying->files, &laying->failure);
}

static void list_entries(const struct buffer *bytes, struct buffer *listing)
{
	struct archive *archive = archive_read_new();
	struct archive_entry *entry;
	archive_read_support_format_tar(archive);
	cr_assert_eq(archive_read_open_memory(archive, bytes->data, bytes->length), ARCHIVE_OK);
	while (archive_read_next_header(archive, &entry) == ARCHIVE_OK) {
		char content[64] = "";
		if (archive_entry_size(entry) > 0 && archive_entry_size(entry) < 60) {
			archive_read_data(archive, content, sizeof(content) - 1);
		}
		cr_assert_eq(archive_entry_uid(entry), 0);
		cr_assert_eq(archive_entry_mtime(entry), 1700000000);
		buffer_printf(listing, "%s %o %s|", archive_entry_pathname(entry),
			archive_entry_perm(entry), content);
	}
	archive_read_free(archive);
}

Test(bundle, has_what_the_container_needs_and_is_the_same_each_time)
{
	struct buffer archive = { 0 };
	struct buffer again = { 0 };
	struct buffer listing = { 0 };
	struct failure failure = { 0 };
	char path[] = "/tmp/berth-asset-XXXXXX";
	int fd = mkstemp(path);
	cr_assert_eq(write(fd, "ELF", 3), 3);
	close(fd);
	cr_assert_eq(make(path, &archive, &failure), 0, "%s", failure.text);
	cr_assert_eq(make(path, &again, &failure), 0);
	unlink(path);
	cr_assert_eq(archive.length, again.length);
	cr_assert_eq(memcmp(archive.data, again.data, archive.length), 0);
	list_entries(&archive, &listing);
	cr_assert_str_eq(buffer_text(&listing),
		"artifacts/ 755 |etc/ 755 |etc/berth/ 755 |run/ 755 |run/berth/ 755 |usr/ 755 |"
		"usr/lib/ 755 |usr/lib/berth/ 755 |usr/lib/berth/bin/ 755 |"
		"usr/lib/berth/berth-init 755 ELF|"
		"etc/berth/launcher.ini 644 [init]\n|"
		"run/berth/buildinfo.env 644 A='it'\\''s'\n|"
		"run/berth/buildinfo.json 644 {\n  \"A\": \"it's\"\n}|");
	buffer_finish(&archive);
	buffer_finish(&again);
	buffer_finish(&listing);
}

Test(bundle, a_missing_file_is_named)
{
	struct buffer archive = { 0 };
	struct failure failure = { 0 };
	cr_assert_eq(make("/nonexistent/berth-init", &archive, &failure), -1);
	cr_assert_eq(failure.code, EXIT_CANNOT_START);
	cr_assert_not_null(strstr(failure.text, "/nonexistent/berth-init"));
	buffer_finish(&archive);
}

static void expect_same_bytes(const char *path, const char *other)
{
	autofree char *bytes = NULL;
	autofree char *others = NULL;
	size_t length = 0;
	size_t others_length = 0;
	cr_assert_eq(file_read_bytes(path, &bytes, &length), 0, "%s", path);
	cr_assert_eq(file_read_bytes(other, &others, &others_length), 0, "%s", other);
	cr_assert_eq(length, others_length);
	cr_assert_eq(memcmp(bytes, others, length), 0);
}

/* Whatever our umask: it is another user who reads them. */
Test(bundle, is_laid_out_as_files_that_all_can_read)
{
	char top[] = "/tmp/berth-laid-XXXXXX";
	struct laying laying = { .top = mkdtemp(top) };
	struct buffer listing = { 0 };
	cr_assert_not_null(laying.top);
	umask(077);
	cr_assert_eq(
		with_request("/proc/self/exe", lay_out, &laying), 0, "%s", laying.failure.text);
	autofree char *init = alloc_printf("%s/usr/lib/berth/berth-init", top);
	expect_same_bytes(init, "/proc/self/exe");
	for (size_t i = 0; i < laying.files.count; i++) {
		struct stat status;
		autofree char *path = alloc_printf("%s%s", top, laying.files.items[i]);
		cr_assert_eq(stat(path, &status), 0, "%s", path);
		buffer_printf(&listing, "%s %o|", laying.files.items[i], status.st_mode & 07777);
	}
	cr_assert_str_eq(buffer_text(&listing),
		"/usr/lib/berth/berth-init 755|/etc/berth/launcher.ini 644|"
		"/run/berth/buildinfo.env 644|/run/berth/buildinfo.json 644|");
	buffer_finish(&listing);
	string_list_finish(&laying.files);
	cr_assert_eq(folder_remove(AT_FDCWD, top), 0);
}

Test(bundle, a_folder_that_cannot_be_written_is_a_failure)
{
	struct laying laying = { .top = "/proc/nothing" };
	cr_assert_eq(with_request("/bin/true", lay_out, &laying), -1);
	cr_assert_not_null(strstr(laying.failure.text, "/proc/nothing"), "%s", laying.failure.text);
	string_list_finish(&laying.files);
}
