/* SPDX-License-Identifier: MIT */
#include "host-launcher/results/results.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"

static char folder[] = "/tmp/berth-results-XXXXXX";

static void set_up(void)
{
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	cr_assert_not_null(mkdtemp(folder));
	cr_assert_eq(chdir(folder), 0);
}

static void tear_down(void)
{
	cr_assert_eq(folder_remove(AT_FDCWD, folder), 0);
}

TestSuite(results, .init = set_up, .fini = tear_down);

/* A build whose one result is a file called `name`. */
static char *build(const char *path, const char *name, bool success)
{
	struct results results;
	struct failure failure = { 0 };
	struct unpack_result unpacked = { .files = 1 };
	int log_fd;
	char *where = NULL;
	cr_assert_eq(results_init(path, &results, &failure), 0, "%s", failure.text);
	cr_assert_eq(results_begin(&results, "r1", &log_fd, &failure), 0, "%s", failure.text);
	cr_assert_eq(write(log_fd, "log\n", 4), 4);
	close(log_fd);
	cr_assert_eq(results_add(&results, name, "abc", &failure), 0);
	string_list_take(&unpacked.sums,
		alloc_printf("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  %s",
			name));
	cr_assert_eq(results_add(&results, RESULTS_INFO, "{}\n", &failure), 0);
	cr_assert_eq(results_publish(&results, &unpacked, success, &where, &failure), 0, "%s",
		failure.text);
	results_finish(&results);
	unpack_result_finish(&unpacked);
	return where;
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

static void expect_refusal(const char *path, const char *words)
{
	struct results results;
	struct failure failure = { 0 };
	cr_assert_eq(results_init(path, &results, &failure), -1, "%s", path);
	cr_assert_eq(failure.code, EXIT_WRITE);
	cr_assert_not_null(strstr(failure.text, words), "%s", failure.text);
}

Test(results, come_to_their_place_with_sums)
{
	autofree char *where = build("out/", "a.iso", true);
	autofree char *expected = alloc_printf("%s/out", folder);
	cr_assert_str_eq(where, expected);
	cr_assert_eq(
		system("cd out && sha256sum --quiet -c SHA256SUMS && sort -k2 -c SHA256SUMS && "
		       "test $(wc -l <SHA256SUMS) = 3"),
		0);
	cr_assert_not(is_there("out.partial-r1"));
}

Test(results, an_empty_folder_is_taken)
{
	cr_assert_eq(mkdir("out", 0755), 0);
	free(build("out", "a.iso", true));
	cr_assert(is_there("out/a.iso"));
}

Test(results, earlier_ones_make_room)
{
	free(build("out", "1.iso", true));
	free(build("out", "2.iso", true));
	cr_assert(is_there("out/2.iso"));
	cr_assert_not(is_there("out/1.iso"));
	cr_assert(is_there("out.previous/1.iso"));
	free(build("out", "3.iso", true));
	cr_assert(is_there("out/3.iso"));
	cr_assert(is_there("out.previous/2.iso"));
	cr_assert_not(is_there("out.partial-r1"));
}

Test(results, a_failure_does_not_push_out_a_success)
{
	free(build("out", "1.iso", true));
	free(build("out", "half", false));
	autofree char *where = build("out", "other", false);
	cr_assert(is_there("out/1.iso"));
	cr_assert(is_there("out.failed/other"));
	cr_assert_not(is_there("out.failed/half"));
	cr_assert_not_null(strstr(where, "/out.failed"));
}

Test(results, what_berth_did_not_make_is_never_touched)
{
	cr_assert_eq(mkdir("mine", 0755), 0);
	cr_assert_eq(close(open("mine/thesis", O_CREAT | O_WRONLY, 0644)), 0);
	expect_refusal("mine", "did not make");
	cr_assert_eq(symlink("mine", "link"), 0);
	expect_refusal("link", "cannot write");
	expect_refusal("mine/thesis", "cannot write");
	expect_refusal("mine/thesis/x", "cannot write");
	expect_refusal("absent/x", "parent");
	expect_refusal("..", "folder of their own");
	expect_refusal("/", "folder of their own");
}

Test(results, a_foreign_previous_stays_and_nothing_is_lost)
{
	free(build("out", "1.iso", true));
	cr_assert_eq(mkdir("out.previous", 0755), 0);
	cr_assert_eq(close(open("out.previous/mine", O_CREAT | O_WRONLY, 0644)), 0);
	free(build("out", "2.iso", true));
	cr_assert(is_there("out/2.iso"));
	cr_assert(is_there("out.previous/mine"));
	cr_assert(is_there("out.partial-r1/1.iso"));
}

Test(results, their_folders_are_known_those_of_other_runs_too)
{
	struct results results;
	struct failure failure = { 0 };
	struct string_list paths = { 0 };
	struct buffer all = { 0 };
	cr_assert_eq(mkdir("out.partial-other", 0755), 0);
	cr_assert_eq(mkdir("output", 0755), 0);
	cr_assert_eq(results_init("out", &results, &failure), 0);
	results_paths(&results, "r", &paths);
	for (size_t i = 0; i < paths.count; i++) {
		cr_assert_eq(strncmp(paths.items[i], folder, strlen(folder)), 0);
		buffer_printf(&all, "%s ", paths.items[i] + strlen(folder));
	}
	cr_assert_str_eq(buffer_text(&all),
		"/out /out.failed /out.previous /out.partial-r /out.partial-other ");
	autofree char *gathering = results_gathering(&results);
	cr_assert_str_eq(gathering + strlen(folder), "/out.partial-");
	buffer_finish(&all);
	string_list_finish(&paths);
	results_finish(&results);
}

Test(results, that_cannot_be_moved_stay)
{
	struct results results;
	struct failure failure = { 0 };
	struct unpack_result unpacked = { 0 };
	int log_fd;
	char *where = NULL;
	cr_assert_eq(results_init("out", &results, &failure), 0);
	cr_assert_eq(results_begin(&results, "r", &log_fd, &failure), 0);
	close(log_fd);
	cr_assert_eq(results_add(&results, RESULTS_INFO, "{}\n", &failure), 0);
	cr_assert_eq(system("mkdir out && touch out/suddenly"), 0);
	cr_assert_eq(results_publish(&results, &unpacked, true, &where, &failure), -1);
	cr_assert_eq(failure.code, EXIT_WRITE);
	cr_assert_not_null(strstr(failure.text, "out.partial-r"), "%s", failure.text);
	results_finish(&results);
	cr_assert(is_there("out.partial-r/SHA256SUMS"));
	cr_assert(is_there("out/suddenly"));
}

Test(results, without_publishing_nothing_stays)
{
	struct results results;
	struct failure failure = { 0 };
	int log_fd;
	cr_assert_eq(results_init("out", &results, &failure), 0);
	cr_assert_not(is_there("out"));
	cr_assert_eq(results_begin(&results, "r", &log_fd, &failure), 0);
	cr_assert(is_there("out.partial-r/build.log"));
	close(log_fd);
	results_finish(&results);
	cr_assert_eq(system("test -z \"$(ls)\""), 0);
}

Test(results, under_sudo_they_belong_to_the_caller)
{
	if (geteuid() != 0) {
		cr_skip_test("needs root");
	}
	setenv("SUDO_UID", "4711", 1);
	setenv("SUDO_GID", "4712", 1);
	free(build("out", "a.iso", true));
	static const char *const names[] = { "out", "out/a.iso", "out/build.log", "out/SHA256SUMS",
		"out/buildinfo.json" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct stat status;
		cr_assert_eq(stat(names[i], &status), 0);
		cr_assert_eq(status.st_uid, 4711, "%s", names[i]);
		cr_assert_eq(status.st_gid, 4712, "%s", names[i]);
	}
}

Test(results, a_forged_owner_is_not_believed)
{
	struct results results;
	struct failure failure = { 0 };
	setenv("SUDO_UID", "0x10", 1);
	setenv("SUDO_GID", "-1", 1);
	cr_assert_eq(results_init("out", &results, &failure), 0);
	cr_assert_eq(results.uid, (uid_t)-1);
	results_finish(&results);
}

Test(results, removal_does_not_follow_links)
{
	cr_assert_eq(system("mkdir -p keep d/e && touch keep/file d/e/f && ln -s ../keep d/link && "
			    "ln -s keep top"),
		0);
	cr_assert_eq(folder_remove(AT_FDCWD, "d"), 0);
	cr_assert_eq(folder_remove(AT_FDCWD, "top"), 0);
	cr_assert_eq(folder_remove(AT_FDCWD, "absent"), 0);
	cr_assert(is_there("keep/file"));
	cr_assert_not(is_there("d"));
}
