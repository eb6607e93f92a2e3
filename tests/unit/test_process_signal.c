/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "services/process_signal.h"

/* A process that leads a group, and has another one in it that waits for signals. */
struct group {
	pid_t leader;
	pid_t member;
};

static struct group start_group(void)
{
	struct group group = { 0 };
	int ends[2];

	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	cr_assert(pipe(ends) == 0);
	group.leader = fork();
	if (group.leader == 0) {
		setsid();
		pid_t member = fork();

		if (member != 0) {
			_exit(write(ends[1], &member, sizeof(member)) < 0);
		}
		for (;;) {
			pause();
		}
	}
	cr_assert(read(ends[0], &group.member, sizeof(group.member)) == sizeof(group.member));
	close(ends[0]);
	close(ends[1]);
	return group;
}

static void wait_for_zombie(pid_t pid)
{
	siginfo_t info;

	cr_assert(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT) == 0);
}

Test(process_signal, reaches_a_group_whose_leader_was_reaped)
{
	struct group group = start_group();
	int status = 0;

	wait_for_zombie(group.leader);
	int pidfd = process_open(group.leader);
	cr_assert(pidfd >= 0);
	waitpid(group.leader, NULL, 0);
	cr_expect_eq(process_signal(pidfd, group.leader, 0), -ESRCH);
	cr_expect_eq(process_signal_group(pidfd, group.leader, SIGKILL), 0);
	cr_expect(waitpid(group.member, &status, 0) == group.member);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	cr_expect_eq(process_signal_group(pidfd, group.leader, 0), -ESRCH);
	process_close(pidfd);
}

/* As if we had got the number of a process that is gone: both of its and of its group's. */
Test(process_signal, hits_no_other_that_has_the_number_now)
{
	pid_t pid = fork();

	if (pid == 0) {
		setpgid(0, 0);
		_exit(0);
	}
	wait_for_zombie(pid);
	int pidfd = process_open(pid);
	waitpid(pid, NULL, 0);
	cr_expect_eq(process_signal(pidfd, getpid(), SIGKILL), -ESRCH);
	/* The number of a group without anybody: before Linux 6.9 it is what counts. */
	cr_expect_eq(process_signal_group(pidfd, pid, SIGKILL), -ESRCH);
	process_close(pidfd);
}

Test(process_signal, without_a_pidfd_the_number_must_do)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		for (;;) {
			pause();
		}
	}
	cr_expect_eq(process_signal(-1, pid, SIGTERM), 0);
	cr_expect(waitpid(pid, &status, 0) == pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	cr_expect_eq(process_open(pid), -ESRCH);
}

Test(process_signal, what_is_stopped_gets_to_see_it)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		raise(SIGSTOP);
		_exit(1);
	}
	cr_assert(waitpid(pid, &status, WUNTRACED) == pid && WIFSTOPPED(status));
	cr_expect_eq(process_signal(-1, pid, SIGTERM), 0);
	cr_expect(waitpid(pid, &status, 0) == pid);
	cr_expect(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
}
