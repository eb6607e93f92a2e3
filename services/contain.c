/* SPDX-License-Identifier: MIT */
#include "services/contain.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "services/cgroup.h"
#include "services/process_signal.h"

enum {
	/* Whoever forks faster than this is left to SIGKILL. */
	SIGNALLED_MAX = 1024,
	PASSES_MAX = 8,
};

/* --- groups ---------------------------------------------------------------------------------- */

/*
 * A number whose leader was reaped is the group's as long as it has members. If a process has it
 * again, the group had died out.
 */
static bool is_recycled(const struct containment_group *group)
{
	return group->leader_reaped && group->pidfd < 0 &&
	       (kill(group->leader, 0) == 0 || errno != ESRCH);
}

/* The leader may not have come to its setsid() yet: then it is alone and gets the signal itself.
 * Whoever may not be signalled is there all the same. */
static bool send(const struct containment_group *group, int signal)
{
	if (is_recycled(group)) {
		return false;
	}
	if (process_signal_group(group->pidfd, group->leader, signal) != -ESRCH) {
		return true;
	}
	return !group->leader_reaped && process_signal(-1, group->leader, signal) == 0;
}

static void forget(struct containment *c, size_t at)
{
	process_close(c->groups[at].pidfd);
	c->count--;
	memmove(&c->groups[at], &c->groups[at + 1], (c->count - at) * sizeof(c->groups[0]));
}

static bool has_no_group(struct containment *c)
{
	for (size_t i = c->count; i > 0; i--) {
		if (!send(&c->groups[i - 1], 0)) {
			forget(c, i - 1);
		}
	}
	return c->count == 0;
}

static void add_group(struct containment *c, pid_t leader)
{
	if (c->count == CONTAIN_GROUPS) {
		has_no_group(c);
	}
	if (c->count == CONTAIN_GROUPS) {
		if (c->cgroup_fd < 0) {
			send(&c->groups[0], SIGKILL);
		}
		forget(c, 0);
	}
	c->groups[c->count++] = (struct containment_group) { .leader = leader, .pidfd = -1 };
}

/* Its index, or -1. */
static ssize_t find_group(const struct containment *c, pid_t leader)
{
	for (size_t i = 0; leader > 0 && i < c->count; i++) {
		if (c->groups[i].leader == leader) {
			return (ssize_t)i;
		}
	}
	return -1;
}

/* --- signals --------------------------------------------------------------------------------- */

struct signalled {
	int cgroup_fd;
	int signal;
	size_t count;
	int pids[SIGNALLED_MAX];
	bool news;
};

struct search {
	pid_t pid;
	bool found;
};

static void compare(int pid, void *data)
{
	struct search *search = data;

	search->found = search->found || pid == search->pid;
}

static bool is_listed(int cgroup_fd, pid_t pid)
{
	struct search search = { .pid = pid };

	cgroup_for_each(cgroup_fd, SIZE_MAX, compare, &search);
	return search.found;
}

/* Its number may be another's by now, unless it is still on the list once its pidfd is had. */
static void signal_listed(int cgroup_fd, pid_t pid, int signal)
{
	int pidfd = process_open(pid);

	if (pidfd != -ESRCH && is_listed(cgroup_fd, pid)) {
		process_signal(pidfd, pid, signal);
	}
	process_close(pidfd);
}

/* Each gets a signal once: a second SIGTERM means "hurry" to many. */
static void signal_new(int pid, void *data)
{
	struct signalled *done = data;

	for (size_t i = done->count; i > 0; i--) {
		if (done->pids[i - 1] == pid) {
			return;
		}
	}
	if (done->count == SIGNALLED_MAX) {
		return;
	}
	done->pids[done->count++] = pid;
	done->news = true;
	signal_listed(done->cgroup_fd, pid, done->signal);
}

/* Again, as long as there are some that were forked meanwhile. */
static void signal_cgroup(int fd, int signal)
{
	struct signalled done = { .cgroup_fd = fd, .signal = signal };

	if (signal == SIGKILL && cgroup_kill(fd) == 0) {
		return;
	}
	for (int i = 0; i < PASSES_MAX; i++) {
		done.news = false;
		cgroup_for_each(fd, SIGNALLED_MAX, signal_new, &done);
		if (!done.news) {
			return;
		}
	}
}

void contain_signal(struct containment *c, int signal)
{
	if (c->cgroup_fd >= 0) {
		c->cgroup_killed |= signal == SIGKILL;
		signal_cgroup(c->cgroup_fd, signal);
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		send(&c->groups[i], signal);
	}
}

/* --- who is there ---------------------------------------------------------------------------- */

void contain_add(struct containment *c, pid_t leader)
{
	add_group(c, leader);
}

void contain_adopt(struct containment *c, pid_t pid)
{
	pid_t group = getpgid(pid);

	if (c->cgroup_fd < 0 && group > 0 && group != getpgrp() && find_group(c, group) < 0 &&
		find_group(c, getsid(pid)) < 0) {
		add_group(c, group);
		c->groups[c->count - 1].leader_reaped = group != pid;
	}
}

bool contain_hold(struct containment *c, pid_t leader)
{
	ssize_t at = find_group(c, leader);

	if (at >= 0 && c->cgroup_fd < 0 && c->groups[at].pidfd < 0) {
		c->groups[at].pidfd = process_open(leader);
	}
	return at >= 0;
}

/* Most groups end with their leader. */
void contain_leader_reaped(struct containment *c, pid_t leader)
{
	ssize_t at = find_group(c, leader);

	if (at >= 0) {
		c->groups[at].leader_reaped = true;
		if (!send(&c->groups[at], 0)) {
			forget(c, (size_t)at);
		}
	}
}

void contain_finish(struct containment *c)
{
	while (c->count) {
		forget(c, c->count - 1);
	}
}

bool contain_is_empty(struct containment *c)
{
	return c->cgroup_fd >= 0 ? cgroup_is_empty(c->cgroup_fd) : has_no_group(c);
}

bool contain_reaches(const struct containment *c, pid_t pid)
{
	return c->cgroup_fd >= 0 ? is_listed(c->cgroup_fd, pid) : find_group(c, getpgid(pid)) >= 0;
}

bool contain_has(const struct containment *c, pid_t pid)
{
	return contain_reaches(c, pid) || (c->cgroup_fd < 0 && find_group(c, getsid(pid)) >= 0);
}
