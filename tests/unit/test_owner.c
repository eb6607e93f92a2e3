/* SPDX-License-Identifier: MIT */
#include "host-launcher/state/owner.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host-launcher/base/alloc.h"

Test(owner, this_process_is_alive)
{
	autofree char *self = owner_self();
	cr_assert_eq(owner_judge(self), OWNER_ALIVE, "%s", self);
}

Test(owner, a_process_that_ended_is_gone)
{
	int ends[2];
	char text[256] = "";
	cr_assert_eq(pipe(ends), 0);
	pid_t pid = fork();
	if (pid == 0) {
		char *self = owner_self();
		ssize_t done = write(ends[1], self, strlen(self));
		_exit(done > 0 ? 0 : 1);
	}
	cr_assert_eq(waitpid(pid, NULL, 0), pid);
	cr_assert_gt(read(ends[0], text, sizeof(text) - 1), 0);
	cr_assert_eq(owner_judge(text), OWNER_GONE, "%s", text);
}

Test(owner, another_process_with_the_same_number_is_not_the_owner)
{
	autofree char *self = owner_self();
	char *start = strrchr(self, '/') + 1;
	*start = *start == '1' ? '2' : '1';
	cr_assert_eq(owner_judge(self), OWNER_GONE);
}

Test(owner, of_other_machines_and_nonsense_nobody_can_tell)
{
	autofree char *self = owner_self();
	static const char *const odd[] = { "", "/", "x/1/2/3", "not a boot/4026531836/1/1" };
	cr_assert_eq(owner_judge(NULL), OWNER_ELSEWHERE);
	for (size_t i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		cr_assert_eq(owner_judge(odd[i]), OWNER_ELSEWHERE, "%s", odd[i]);
	}
	*self = *self == '0' ? '1' : '0';
	cr_assert_eq(owner_judge(self), OWNER_ELSEWHERE);
	*strchr(self, '/') = '\0';
	cr_assert_eq(owner_judge(self), OWNER_ELSEWHERE);
}
