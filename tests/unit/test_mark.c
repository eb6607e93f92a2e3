/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/mark.h"

static const struct marks marks = { UINT64_C(0x40000001) << 24 };

static bool parse(const char *value, uint32_t *service)
{
	char text[512];

	snprintf(text, sizeof(text),
		"Limit                     Soft Limit           Hard Limit           Units\n"
		"Max address space         unlimited            unlimited            bytes\n"
		"Max file locks            %s            unlimited            locks\n"
		"Max pending signals       31511                31511                signals\n",
		value);
	return mark_parse(marks, text, service);
}

Test(mark, is_read_from_the_limits_of_a_process)
{
	char value[32];
	uint32_t service = 99;

	snprintf(value, sizeof(value), "%llu", (unsigned long long)(marks.base | 7));
	cr_expect(parse(value, &service));
	cr_expect_eq(service, 7);
}

Test(mark, is_only_a_number_of_our_own_range)
{
	char value[32];
	uint32_t service = 99;

	snprintf(value, sizeof(value), "%llu", 2ULL * marks.base);
	cr_expect(!parse(value, &service));
	cr_expect(!parse("unlimited", &service));
	cr_expect(!parse("4096", &service));
	cr_expect(!parse("", &service));
	cr_expect(!parse("99999999999999999999999999", &service));
	cr_expect(!mark_parse(marks, "", &service));
	cr_expect(!mark_parse(marks, "Max file locks", &service));
	cr_expect_eq(service, 99);
}

struct found {
	pid_t pid;
	uint32_t service;
	int count;
};

static void find(pid_t pid, uint32_t service, void *data)
{
	struct found *found = data;

	found->count++;
	found->service = pid == found->pid ? service : 99;
}

Test(mark, stays_with_a_process_in_a_session_of_its_own)
{
	struct marks own = marks_pick();
	int ready[2], go[2];
	char byte;

	cr_assert(pipe(ready) == 0 && pipe(go) == 0);
	struct found found = { .pid = fork(), .service = 99 };
	if (found.pid == 0) {
		mark_self(own, 3);
		setsid();
		close(go[1]);
		_exit(write(ready[1], "x", 1) != 1 || read(go[0], &byte, 1) != 0);
	}
	cr_assert(read(ready[0], &byte, 1) == 1);
	cr_expect(mark_for_each(own, find, &found));
	cr_expect_eq(found.count, 1);
	cr_expect_eq(found.service, 3);
	close(go[1]);
	cr_expect(waitpid(found.pid, NULL, 0) == found.pid);
}
