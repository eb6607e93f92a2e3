/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/scratch.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"
#include "host-launcher/base/file.h"
#include "host-launcher/base/folder.h"

static char parent[] = "/tmp/berth-scratch-test-XXXXXX";

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(parent));
	setenv("TMPDIR", parent, 1);
}

static void tear_down(void)
{
	cr_assert_eq(folder_remove(AT_FDCWD, parent), 0);
}

TestSuite(launcher_scratch, .init = set_up, .fini = tear_down);

/* How many there are in our folder; /var/tmp may have others. */
static size_t count_abandoned(bool all)
{
	struct string_list paths = { 0 };
	size_t count = 0;
	scratch_find_abandoned(all, &paths);
	for (size_t i = 0; i < paths.count; i++) {
		count += strncmp(paths.items[i], parent, strlen(parent)) == 0;
	}
	string_list_finish(&paths);
	return count;
}

/* As a berth does that is killed then: -9 runs no code of its. */
static char *create_and_die(void)
{
	int ends[2];
	char text[256] = "";
	cr_assert_eq(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char *path;
		struct failure failure;
		bool done = scratch_create(&path, &failure) == 0 &&
			    write(ends[1], path, strlen(path)) > 0;
		_exit(done ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_assert_gt(read(ends[0], text, sizeof(text) - 1), 0);
	return alloc_copy(text);
}

Test(launcher_scratch, of_a_process_that_is_alive_is_not_abandoned)
{
	char *path = NULL;
	struct failure failure = { 0 };
	cr_assert_eq(scratch_create(&path, &failure), 0, "%s", failure.text);
	cr_assert_eq(count_abandoned(true), 0);
	scratch_remove(path);
	cr_assert_neq(rmdir(parent), -1);
	cr_assert_eq(mkdir(parent, 0700), 0);
}

Test(launcher_scratch, of_a_process_that_is_gone_is_abandoned)
{
	struct string_list paths = { 0 };
	autofree char *path = create_and_die();
	cr_assert_eq(count_abandoned(false), 1);
	scratch_find_abandoned(false, &paths);
	bool found = false;
	for (size_t i = 0; i < paths.count; i++) {
		found |= strcmp(paths.items[i], path) == 0;
	}
	cr_assert(found);
	string_list_finish(&paths);
}

Test(launcher_scratch, that_a_record_names_is_not_abandoned)
{
	autofree char *path = create_and_die();
	scratch_hand_over(path);
	cr_assert_eq(count_abandoned(true), 0);
}

Test(launcher_scratch, of_another_boot_is_taken_on_request_only)
{
	autofree char *path = create_and_die();
	autofree char *file = alloc_printf("%s/owner", path);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(file_create_at(AT_FDCWD, file, "another/1/2/3", 13), 0);
	cr_assert_eq(count_abandoned(false), 0);
	cr_assert_eq(count_abandoned(true), 1);
}

Test(launcher_scratch, what_only_looks_like_one_is_let_alone)
{
	autofree char *path = create_and_die();
	autofree char *other = alloc_printf("%s/berth-another", parent);
	autofree char *link = alloc_printf("%s/berth-123456", parent);
	autofree char *empty = alloc_printf("%s/berth-654321", parent);
	cr_assert_eq(rename(path, other), 0);
	cr_assert_eq(symlink(other, link), 0);
	cr_assert_eq(mkdir(empty, 0700), 0);
	cr_assert_eq(count_abandoned(true), 0);
}

Test(launcher_scratch, of_another_user_is_let_alone)
{
	if (geteuid() != 0) {
		return;
	}
	autofree char *path = create_and_die();
	cr_assert_eq(chown(path, 65534, 65534), 0);
	cr_assert_eq(count_abandoned(true), 0);
}
