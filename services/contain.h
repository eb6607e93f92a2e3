/* SPDX-License-Identifier: MIT */
#pragma once

/*
 * All processes of a service as one. Where there is cgroup2 they are in a box that none of them
 * leaves (cgroup.h). Else they are the process groups of those that were spawned for it: a group's
 * number stays taken while any member lives (setpgid(2), credentials(7)), so a signal reaches it
 * after its leader is gone.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
	CONTAIN_GROUPS = 6,
};

struct containment_group {
	pid_t leader;
	int pidfd;          /* of the leader, taken before it was reaped; or -1 */
	bool leader_reaped; /* from then on the number is the group's alone */
};

struct containment {
	int cgroup_fd; /* the box, not owned; or -1 */
	/* It was emptied by cgroup.kill. Linux 6.14, and many an older one that is kept up, take
	 * who is born into such a cgroup by clone3(2) for one that was forked during the kill. */
	bool cgroup_killed;
	struct containment_group groups[CONTAIN_GROUPS];
	size_t count;
};

/* A process was spawned that leads (or is about to lead) its own group, in the box if there is one.
 * If more groups have survivors than there is room for, the oldest are killed: they are
 * left-overs. */
void contain_add(struct containment *containment, pid_t leader);

/* A process that was not spawned for the service turned out to be one of it: its group is, too. */
void contain_adopt(struct containment *containment, pid_t pid);

/* The process is a zombie that is about to be reaped. If it leads a group that may be needed on,
 * this is held, so that no other can be taken for it. False if it leads none. */
bool contain_hold(struct containment *containment, pid_t leader);

/* The leader was reaped: its pid may be another process's one day. */
void contain_leader_reaped(struct containment *containment, pid_t leader);

/* Forgets all; none is signalled. */
void contain_finish(struct containment *containment);

/* Whether none is left. Zombies may count as living. */
bool contain_is_empty(struct containment *containment);

/* Whether the process is one of them: in a group or a session of theirs. */
bool contain_has(const struct containment *containment, pid_t pid);

/* Whether a signal to all reaches the process: it is in a group of theirs, or in the box. */
bool contain_reaches(const struct containment *containment, pid_t pid);

/* Sends `signal` to every process; SIGCONT follows what a stopped process must get to see. */
void contain_signal(struct containment *containment, int signal);
