/* SPDX-License-Identifier: MIT */
#include "host-launcher/run/runs.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/folder.h"

static char folder[] = "/tmp/berth-runs-XXXXXX";
static char first[] = "abc1";
static char second[] = "abd2";
static char container[] = "ffee00";
static char running[] = "running";
static char detached[] = RECORD_DETACHED;
static char recorded_running[] = RECORD_RUNNING;

static void set_up(void)
{
	cr_assert_not_null(mkdtemp(folder));
	setenv("BERTH_STATE", folder, 1);
}

static void tear_down(void)
{
	folder_remove(AT_FDCWD, folder);
}

TestSuite(runs, .init = set_up, .fini = tear_down);

Test(runs, a_run_is_found_by_what_it_begins_with)
{
	struct failure failure = { 0 };
	struct run_entry entries[] = {
		{ .run = first, .id = container, .state = running },
		{ .run = second, .state = running },
	};
	struct run_entry_list list = { .items = entries, .count = 2 };
	cr_assert_eq(runs_find(&list, "abc", &failure), &entries[0]);
	cr_assert_eq(runs_find(&list, "berth-abd2", &failure), &entries[1]);
	cr_assert_eq(runs_find(&list, "ffee", &failure), &entries[0]);
	cr_assert_null(runs_find(&list, "ab", &failure));
	cr_assert_not_null(strstr(failure.text, "several"));
	cr_assert_null(runs_find(&list, "x", &failure));
	cr_assert_eq(failure.code, EXIT_USAGE);
	cr_assert_null(runs_find(&list, NULL, &failure));
	list.count = 1;
	cr_assert_eq(runs_find(&list, NULL, &failure), &entries[0]);
	list.count = 0;
	cr_assert_null(runs_find(&list, NULL, &failure));
}

Test(runs, what_a_clean_up_takes)
{
	struct run_entry entry = { .run = first, .state = running, .owner = OWNER_ALIVE };
	cr_assert_eq(runs_judge(&entry, false), GC_IN_USE);
	cr_assert_eq(runs_judge(&entry, true), GC_IN_USE);
	entry.owner = OWNER_GONE;
	cr_assert_eq(runs_judge(&entry, false), GC_REMOVE);
	entry.owner = OWNER_ELSEWHERE;
	cr_assert_eq(runs_judge(&entry, false), GC_FOREIGN);
	cr_assert_eq(runs_judge(&entry, true), GC_REMOVE);
	entry.owner = OWNER_GONE;
	entry.recorded = true;
	entry.record.state = recorded_running;
	cr_assert_eq(runs_judge(&entry, false), GC_REMOVE);
	entry.record.state = detached;
	cr_assert_eq(runs_judge(&entry, false), GC_WANTED);
	cr_assert_eq(runs_judge(&entry, true), GC_REMOVE);
}

Test(runs, a_record_comes_back_as_it_was_written)
{
	static char path[] = "/home/x y/artifacts";
	struct record record = {
		.run = first,
		.state = recorded_running,
		.container = container,
		.artifacts = path,
		.started_s = 12345,
		.stop_timeout_ms = 60000,
		.build_timeout_ms = 90000,
		.keep = true,
	};
	env_list_set(&record.environment, "A", "b\"c\nd");
	cr_assert_eq(record_write(&record), 0);
	cr_assert_eq(record_set_state(first, RECORD_KEPT), 0);
	struct record read;
	cr_assert_eq(record_read(first, &read), 1);
	cr_assert_str_eq(read.artifacts, path);
	cr_assert_str_eq(read.state, RECORD_KEPT);
	cr_assert_null(read.work_volume);
	cr_assert_eq(read.started_s, 12345);
	cr_assert_eq(read.stop_timeout_ms, 60000);
	cr_assert_eq(read.build_timeout_ms, 90000);
	cr_assert(read.keep);
	cr_assert_str_eq(env_list_get(&read.environment, "A"), "b\"c\nd");
	record_finish(&read);
	struct string_list names = { 0 };
	record_list(&names);
	cr_assert_eq(names.count, 1);
	cr_assert_str_eq(names.items[0], first);
	record_remove(first);
	cr_assert_eq(record_read(first, &read), 0);
	string_list_finish(&names);
	env_list_finish(&record.environment);
}

static bool take_over(void)
{
	char *self = owner_self();
	bool taken = record_take_over(first, self);
	free(self);
	return taken;
}

/* Two see at once that nobody is at it. */
Test(runs, one_alone_takes_a_run_over)
{
	struct record record = {
		.run = first,
		.state = detached,
		.container = container,
	};
	int ends[2];
	bool taken = false;
	cr_assert_eq(record_write(&record), 0);
	cr_assert(!runs_has_owner(first));
	cr_assert_eq(pipe(ends), 0);
	pid_t other = fork();
	if (other == 0) {
		taken = take_over();
		(void)!write(ends[1], &taken, sizeof(taken));
		pause();
		_exit(0);
	}
	cr_assert_eq(read(ends[0], &taken, sizeof(taken)), sizeof(taken));
	cr_assert(taken);
	cr_assert(runs_has_owner(first));
	cr_assert(!take_over());
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);
	cr_assert(!runs_has_owner(first));
	cr_assert(take_over());
	cr_assert(runs_has_owner(first));
}

Test(runs, names_from_labels_lead_nowhere_else)
{
	struct record record;
	static char climbing[] = "../../etc/passwd";
	cr_assert_eq(record_read(climbing, &record), 0);
	cr_assert_eq(record_read("", &record), 0);
	record = (struct record) { .run = climbing, .state = running };
	cr_assert_eq(record_write(&record), -EINVAL);
	cr_assert_eq(record_set_state(climbing, RECORD_KEPT), -ENOENT);
}
