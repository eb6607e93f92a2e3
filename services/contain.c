/* SPDX-License-Identifier: MIT */
#include "services/contain.h"

#include <errno.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "services/cgroup.h"

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
	return group->leader_reaped && (kill(group->leader, 0) == 0 || errno != ESRCH);
}

/* The leader may not have come to its setsid() yet: then it is alone and gets the signal itself. */
static bool send(const struct containment_group *group, int signal)
{
	if (is_recycled(group)) {
		return false;
	}
	if (kill(-group->leader, signal) == 0 || errno != ESRCH) {
		return true;
	}
	return !group->leader_reaped && kill(group->leader, signal) == 0;
}

static void forget(struct containment *c, size_t at)
{
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
	c->groups[c->count++] = (struct containment_group) { .leader = leader };
}

/* --- signals --------------------------------------------------------------------------------- */

static bool needs_continue(int signal)
{
	return signal != SIGKILL && signal != SIGCONT && signal != 0;
}

void contain_signal_one(pid_t pid, int signal)
{
	kill(pid, signal);
	if (needs_continue(signal)) {
		kill(pid, SIGCONT);
	}
}

struct signalled {
	int signal;
	size_t count;
	int pids[SIGNALLED_MAX];
	bool news;
};

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
	contain_signal_one(pid, done->signal);
}

/* Again, as long as there are some that were forked meanwhile. */
static void signal_cgroup(int fd, int signal)
{
	struct signalled done = { .signal = signal };

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
		signal_cgroup(c->cgroup_fd, signal);
		return;
	}
	for (size_t i = 0; i < c->count; i++) {
		send(&c->groups[i], signal);
		if (needs_continue(signal)) {
			send(&c->groups[i], SIGCONT);
		}
	}
}

/* --- who is there ---------------------------------------------------------------------------- */

void contain_add(struct containment *c, pid_t leader)
{
	add_group(c, leader);
}

static bool has_group(const struct containment *c, pid_t group)
{
	for (size_t i = 0; group > 0 && i < c->count; i++) {
		if (c->groups[i].leader == group) {
			return true;
		}
	}
	return false;
}

void contain_adopt(struct containment *c, pid_t pid)
{
	pid_t group = getpgid(pid);

	if (c->cgroup_fd < 0 && group > 0 && group != getpgrp() && !has_group(c, group) &&
		!has_group(c, getsid(pid))) {
		add_group(c, group);
		c->groups[c->count - 1].leader_reaped = group != pid;
	}
}

void contain_leader_reaped(struct containment *c, pid_t leader)
{
	for (size_t i = 0; i < c->count; i++) {
		if (c->groups[i].leader == leader) {
			c->groups[i].leader_reaped = true;
		}
	}
}

bool contain_is_empty(struct containment *c)
{
	return c->cgroup_fd >= 0 ? cgroup_is_empty(c->cgroup_fd) : has_no_group(c);
}

struct search {
	pid_t pid;
	bool found;
};

static void compare(int pid, void *data)
{
	struct search *search = data;

	search->found = search->found || pid == search->pid;
}

static bool is_in_the_box(const struct containment *c, pid_t pid)
{
	struct search search = { .pid = pid };

	cgroup_for_each(c->cgroup_fd, SIZE_MAX, compare, &search);
	return search.found;
}

bool contain_reaches(const struct containment *c, pid_t pid)
{
	return c->cgroup_fd >= 0 ? is_in_the_box(c, pid) : has_group(c, getpgid(pid));
}

bool contain_has(const struct containment *c, pid_t pid)
{
	return contain_reaches(c, pid) || (c->cgroup_fd < 0 && has_group(c, getsid(pid)));
}
