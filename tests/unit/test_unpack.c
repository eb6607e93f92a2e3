/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/unpack.h"

#include <archive.h>
#include <archive_entry.h>
#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/buffer.h"
#include "host-launcher/base/folder.h"

static char folder[] = "/tmp/berth-unpack-XXXXXX";
static int folder_fd;
static struct buffer bytes;
static struct archive *archive;
static size_t handed;

static la_ssize_t on_write(struct archive *a, void *user, const void *data, size_t length)
{
	(void)a;
	buffer_append(user, data, length);
	return (la_ssize_t)length;
}

static void set_up(void)
{
	umask(022);
	cr_assert_not_null(mkdtemp(folder));
	folder_fd = open(folder, O_RDONLY | O_DIRECTORY);
	archive = archive_write_new();
	archive_write_set_format_pax_restricted(archive);
	archive_write_open(archive, &bytes, NULL, on_write, NULL);
}

static void tear_down(void)
{
	close(folder_fd);
	cr_assert_eq(folder_remove(AT_FDCWD, folder), 0);
}

TestSuite(unpack, .init = set_up, .fini = tear_down);

static void add(const char *path, unsigned type, mode_t mode, const char *content)
{
	struct archive_entry *entry = archive_entry_new();
	archive_entry_set_pathname(entry, path);
	archive_entry_set_filetype(entry, type);
	archive_entry_set_perm(entry, mode);
	archive_entry_set_mtime(entry, 1000, 0);
	archive_entry_set_size(entry, type == AE_IFREG ? (la_int64_t)strlen(content) : 0);
	if (type == AE_IFLNK) {
		archive_entry_set_symlink(entry, content);
	} else if (type == 0) {
		archive_entry_set_hardlink(entry, content);
	}
	cr_assert_eq(archive_write_header(archive, entry), ARCHIVE_OK, "%s",
		archive_error_string(archive));
	if (type == AE_IFREG) {
		archive_write_data(archive, content, strlen(content));
	}
	archive_entry_free(entry);
}

/* Hands the archive out in small pieces. */
static ssize_t next_piece(void *user, const void **ret_data, struct failure *failure)
{
	size_t limit = *(size_t *)user;
	(void)failure;
	size_t left = limit - handed < 100 ? limit - handed : 100;
	*ret_data = bytes.data + handed;
	handed += left;
	return (ssize_t)left;
}

static int unpack_some(size_t limit, struct unpack_result *result, struct failure *failure)
{
	static const char *const reserved[] = { "build.log", NULL };
	struct unpack_request request = {
		.directory_fd = folder_fd,
		.top = "artifacts",
		.uid = (uid_t)-1,
		.gid = (gid_t)-1,
		.reserved = reserved,
		.source = next_piece,
		.user = &limit,
	};
	return unpack_archive(&request, result, failure);
}

static int unpack(struct unpack_result *result, struct failure *failure)
{
	archive_write_free(archive);
	return unpack_some(bytes.length, result, failure);
}

static struct stat status_of(const char *path)
{
	struct stat status = { 0 };
	cr_assert_eq(fstatat(folder_fd, path, &status, AT_SYMLINK_NOFOLLOW), 0, "%s", path);
	return status;
}

static bool is_there(const char *path)
{
	return faccessat(folder_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

Test(unpack, files_and_folders)
{
	struct unpack_result result;
	struct failure failure = { 0 };
	add("artifacts/", AE_IFDIR, 0755, "");
	add("artifacts/a.iso", AE_IFREG, 0644, "abc");
	add("artifacts/sub/", AE_IFDIR, 0700, "");
	add("artifacts/sub/deep/er", AE_IFREG, 04755, "");
	cr_assert_eq(unpack(&result, &failure), 0, "%s", failure.text);
	cr_assert_eq(result.files, 2);
	cr_assert_str_eq(result.sums.items[0],
		"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  a.iso");
	cr_assert_eq(status_of("a.iso").st_size, 3);
	cr_assert_eq(status_of("a.iso").st_mtime, 1000);
	cr_assert_eq(status_of("sub/deep/er").st_mode & 07777, 0755, "no set-user-ID bit");
	unpack_result_finish(&result);
}

Test(unpack, links_devices_and_reserved_names_are_left_out)
{
	struct unpack_result result;
	struct failure failure = { 0 };
	add("artifacts/link", AE_IFLNK, 0777, "/etc/passwd");
	add("artifacts/dir", AE_IFLNK, 0777, "/tmp");
	add("artifacts/fifo", AE_IFIFO, 0644, "");
	add("artifacts/node", AE_IFCHR, 0644, "");
	add("artifacts/build.log", AE_IFREG, 0644, "forged");
	add("artifacts/bad\033[2J", AE_IFREG, 0644, "x");
	add("artifacts/fine", AE_IFREG, 0644, "x");
	add("artifacts/hard", 0, 0644, "artifacts/fine");
	cr_assert_eq(unpack(&result, &failure), 0, "%s", failure.text);
	cr_assert_eq(result.files, 1);
	cr_assert_eq(result.skipped.count, 7);
	cr_assert(is_there("fine"));
	cr_assert_not(is_there("link"));
	cr_assert_not(is_there("build.log"));
	cr_assert_not(is_there("hard"));
	unpack_result_finish(&result);
}

/* A link is left out, so the folder below it is a real one: nothing is written through it. */
Test(unpack, a_file_below_a_link_stays_inside)
{
	struct unpack_result result;
	struct failure failure = { 0 };
	add("artifacts/out", AE_IFLNK, 0777, "/tmp");
	add("artifacts/out/berth-escaped", AE_IFREG, 0644, "x");
	cr_assert_eq(unpack(&result, &failure), 0, "%s", failure.text);
	cr_assert(S_ISDIR(status_of("out").st_mode));
	cr_assert_neq(access("/tmp/berth-escaped", F_OK), 0);
	unpack_result_finish(&result);
}

static void expect_refusal(const char *path)
{
	struct unpack_result result;
	struct failure failure = { 0 };
	add(path, AE_IFREG, 0644, "x");
	cr_assert_eq(unpack(&result, &failure), -1, "%s", path);
	cr_assert_eq(failure.code, EXIT_VERIFY);
	unpack_result_finish(&result);
}

Test(unpack, names_that_lead_out_are_refused)
{
	expect_refusal("artifacts/../x");
}

Test(unpack, absolute_names_are_refused)
{
	expect_refusal("/etc/x");
}

Test(unpack, other_folders_are_refused)
{
	expect_refusal("artifacts2/x");
}

Test(unpack, a_name_that_comes_twice_is_refused)
{
	add("artifacts/x", AE_IFREG, 0644, "1");
	expect_refusal("artifacts/x");
}

Test(unpack, a_cut_archive_is_refused_wherever_it_is_cut)
{
	add("artifacts/a", AE_IFREG, 0644, "some text");
	archive_write_close(archive);
	for (size_t limit = 1; limit < 512 + 9; limit += 37) {
		struct unpack_result result;
		struct failure failure = { 0 };
		handed = 0;
		unlinkat(folder_fd, "a", 0);
		cr_assert_eq(unpack_some(limit, &result, &failure), -1, "at %zu", limit);
		cr_assert_eq(failure.code, EXIT_VERIFY);
		unpack_result_finish(&result);
	}
	archive_write_free(archive);
}

Test(unpack, relative_paths)
{
	cr_assert_str_eq(unpack_relative("a/b/c", "a"), "b/c");
	cr_assert_str_eq(unpack_relative("a/b/", "a"), "b/");
	cr_assert_str_eq(unpack_relative("a", "a"), "");
	cr_assert_str_eq(unpack_relative("a/", "a"), "");
	cr_assert_str_eq(unpack_relative("a/..b/...", "a"), "..b/...");
	static const char *const bad[] = { "b", "ab", "a/../b", "a/b/..", "a/./b", "a//b", "/a/b",
		"../a", "" };
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cr_assert_null(unpack_relative(bad[i], "a"), "%s", bad[i]);
	}
}
