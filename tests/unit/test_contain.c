/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/contain.h"

static pid_t start_leader(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		for (;;) {
			pause();
		}
	}
	cr_assert(pid > 0 && setpgid(pid, pid) == 0);
	return pid;
}

static int end_of(pid_t pid)
{
	int status = 0;

	cr_assert(waitpid(pid, &status, 0) == pid);
	return status;
}

/* Of a service without a cgroup, and without a pidfd of the leader. */
static struct containment make_containment(pid_t leader)
{
	struct containment containment = { .cgroup_fd = -1 };

	contain_add(&containment, leader);
	return containment;
}

Test(contain, a_group_gets_its_signal)
{
	pid_t leader = start_leader();
	struct containment containment = make_containment(leader);

	cr_expect(!contain_is_empty(&containment));
	contain_signal(&containment, SIGUSR1);
	cr_expect(WTERMSIG(end_of(leader)) == SIGUSR1);
	contain_finish(&containment);
}

/* Once the leader was reaped somebody who has its pid can only be a stranger, who leads a group of
 * his own. */
Test(contain, who_has_the_pid_of_a_reaped_leader_is_spared)
{
	pid_t stranger = start_leader();
	struct containment containment = make_containment(stranger);

	contain_leader_reaped(&containment, stranger);
	contain_signal(&containment, SIGUSR1);
	cr_expect(contain_is_empty(&containment));
	/* Of two signals the first to come is the one that ends it. */
	cr_assert(kill(stranger, SIGKILL) == 0);
	cr_expect(WTERMSIG(end_of(stranger)) == SIGKILL);
	contain_finish(&containment);
}
